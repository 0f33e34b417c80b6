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
            ? OwnAnswer.GiveAsync(context, new GetOrganisationResponse { Organisation = Describe(participant) })
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
            .Take(request.Limit == 0 ? DefaultLimit : request.Limit).Select(Describe));
        return OwnAnswer.GiveAsync(context, answer);
    }

    /// <summary>The entry of a participant; what it does not tell is not set.</summary>
    public static Organisation Describe(Participant participant)
    {
        var profile = participant.Profile;
        var entry = new Organisation { Oin = participant.Oin.Value, Name = participant.Name, OrganisationType = participant.OrganisationType };
        Set(participant.Region, text => entry.Region = text);
        entry.Expertise.Add(profile.Expertise);
        Set(profile.Offer, text => entry.Offer = text);
        Set(profile.TargetGroup, text => entry.TargetGroup = text);
        Set(profile.ContactDesk, text => entry.ContactDesk = text);
        Set(profile.ContactPhone, text => entry.ContactPhone = text);
        Set(profile.ContactEmail, text => entry.ContactEmail = text);
        Set(profile.OpeningHours, text => entry.OpeningHours = text);
        Set(profile.Expectations, text => entry.Expectations = text);
        Set(profile.SignallingPolicy, text => entry.SignallingPolicy = text);
        if (profile.CrisisReachable is { } reachable)
        {
            entry.CrisisReachable = reachable;
        }

        return entry;

        static void Set(string text, Action<string> set)
        {
            if (text.Length > 0)
            {
                set(text);
            }
        }
    }

    private static bool Fits(Participant participant, SearchOrganisationsRequest request) =>
        (request.OrganisationType.Length == 0 || participant.OrganisationType == request.OrganisationType)
        && (request.Region.Length == 0 || participant.Region.Equals(request.Region, StringComparison.OrdinalIgnoreCase))
        && (!request.CrisisReachable || participant.Profile.CrisisReachable == true)
        && (request.Expertise.Length == 0 || participant.Profile.Expertise.Append(participant.Profile.Offer).Append(participant.Profile.TargetGroup)
            .Any(text => text.Contains(request.Expertise, StringComparison.OrdinalIgnoreCase)));
}
