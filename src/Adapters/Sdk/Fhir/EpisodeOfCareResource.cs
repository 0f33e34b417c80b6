using Google.Protobuf;
using Grpc.Core;
using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Services;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>EpisodeOfCare: the organisation's own involvement, and whom to call. Of a person it shields there is none, as in gRPC.</summary>
internal sealed class EpisodeOfCareResource(
    IFhirSide side, TimeProvider time, InvolvementGrpcService service, IInvolvementSource? source = null)
    : FhirResource<GetInvolvementRequest, GetInvolvementResponse, Involvement>(side, time)
{
    public override FhirResourceType Type => FhirCatalogue.EpisodeOfCare;

    public override bool IsOffered => source is not null;

    protected override Task<GetInvolvementResponse> CallAsync(GetInvolvementRequest request, ServerCallContext context) => service.GetInvolvement(request, context);

    protected override IReadOnlyList<Involvement> ItemsOf(GetInvolvementResponse response, FhirIds ids) => response.Involvements;

    protected override GetInvolvementResponse Holding(IEnumerable<Involvement> items) => new() { Involvements = { items } };

    /// <summary>As for a relation.</summary>
    protected override string NameOf(Involvement item) => item.InvolvementId.Length > 0 ? item.InvolvementId : item.ToByteString().ToBase64();

    protected override DomainResource Map(Involvement item, FhirSubject subject)
    {
        var episode = new EpisodeOfCare { Patient = subject.Reference, StatusElement = Status(item, subject) };
        if (item.InvolvementId.Length > 0)
        {
            episode.Identifier.Add(new Identifier($"{FhirNames.Root}/NamingSystem/involvement", item.InvolvementId));
        }

        if (item.ContactProfessional.Length > 0)
        {
            episode.CareManager = new ResourceReference { Display = item.ContactProfessional };
        }

        if (OrganisationMapping.Of(item, oin: "", "organisation", subject.Masks("organisation")) is { } organisation)
        {
            episode.Contained.Add(organisation);
            episode.ManagingOrganization = new ResourceReference("#organisation");
        }

        episode.Period = FhirDates.Period(episode, ("started_on", item.StartedOn), ("ended_on", item.EndedOn));
        episode.AddField("legal_frame", FhirTexts.Of(item.LegalFrame));
        episode.AddField("case_lead", item.HasCaseLead ? new FhirBoolean(item.CaseLead) : null);
        episode.AddField("last_confirmed_on", FhirTexts.Of(item.LastConfirmedOn));
        return episode;
    }

    /// <summary>R4 requires a status: one that may not be told, or is not known, says so itself.</summary>
    private static Code<EpisodeOfCare.EpisodeOfCareStatus> Status(Involvement item, FhirSubject subject) => item.Status switch
    {
        "active" => new(EpisodeOfCare.EpisodeOfCareStatus.Active),
        "ended" => new(EpisodeOfCare.EpisodeOfCareStatus.Finished),
        _ => new Code<EpisodeOfCare.EpisodeOfCareStatus>().WithoutValue(subject.Masks("status")),
    };
}
