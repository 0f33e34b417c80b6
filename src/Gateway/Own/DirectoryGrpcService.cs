using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own;

/// <summary>The expertise directory (sociale kaart), from the participant registry as it is now.</summary>
internal sealed class DirectoryGrpcService(IParticipantRegistry participants) : DirectoryService.DirectoryServiceBase
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 200;
    private const int LongestText = 200;

    public override Task<GetOrganisationResponse> GetOrganisation(GetOrganisationRequest request, ServerCallContext context) =>
        Oin.TryParse(request.Oin, out var oin) && participants.TryGet(oin, out var participant) && participant.Status == ParticipantStatus.Active
            ? OwnAnswer.GiveAsync(context, new GetOrganisationResponse { Organisation = DirectoryEntry.Of(participant) })
            : throw OwnAnswer.Refuse(context, Refusals.OrganisationUnknown);

    public override Task<SearchOrganisationsResponse> SearchOrganisations(SearchOrganisationsRequest request, ServerCallContext context)
    {
        if (request.Expertise.Length > LongestText || request.Region.Length > LongestText || request.Limit is < 0 or > MostLimit)
        {
            throw OwnAnswer.Refuse(context, Refusals.SearchInvalid);
        }

        var answer = new SearchOrganisationsResponse();
        answer.Organisations.Add(participants.All
            .Where(p => p.Status == ParticipantStatus.Active && Fits(p, request))
            .OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase).ThenBy(p => p.Oin.Value, StringComparer.Ordinal)
            .Take(request.Limit == 0 ? DefaultLimit : request.Limit).Select(DirectoryEntry.Of));
        return OwnAnswer.GiveAsync(context, answer);
    }

    private static bool Fits(Participant participant, SearchOrganisationsRequest request) =>
        (request.Oin.Length == 0 || participant.Oin.Value == request.Oin)
        && (request.OrganisationType.Length == 0 || participant.OrganisationType == request.OrganisationType)
        && (request.Region.Length == 0 || participant.Region.Equals(request.Region, StringComparison.OrdinalIgnoreCase))
        && (!request.CrisisReachable || participant.Profile.CrisisReachable == true)
        && (request.Expertise.Length == 0 || participant.Profile.Expertise.Append(participant.Profile.Offer).Append(participant.Profile.TargetGroup)
            .Any(text => text.Contains(request.Expertise, StringComparison.OrdinalIgnoreCase)));
}
