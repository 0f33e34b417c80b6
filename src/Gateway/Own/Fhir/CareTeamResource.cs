using System.Globalization;
using Grpc.Core;
using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own.Fhir;

/// <summary>CareTeam: who else is involved with the person under this purpose, as one view made for this caller. Nothing of it is kept.</summary>
internal sealed class CareTeamResource(IFhirSide side, TimeProvider time, InvolvementIndexGrpcService service)
    : FhirResource<ListInvolvedRequest, ListInvolvedResponse, ListInvolvedResponse>(side, time)
{
    public override FhirResourceType Type => FhirCatalogue.CareTeam;

    public override bool IsOffered => true;

    protected override Task<ListInvolvedResponse> CallAsync(ListInvolvedRequest request, ServerCallContext context) => service.ListInvolved(request, context);

    /// <summary>Without anybody in it there is no team.</summary>
    protected override IReadOnlyList<ListInvolvedResponse> ItemsOf(ListInvolvedResponse response, FhirIds ids) =>
        response.Involved.Any(IsTold) ? [response] : [];

    protected override ListInvolvedResponse Holding(IEnumerable<ListInvolvedResponse> items) => items.FirstOrDefault() ?? new ListInvolvedResponse();

    protected override string NameOf(ListInvolvedResponse item) => "";

    /// <summary>There is one for each person and purpose.</summary>
    protected override string? IdOf(ListInvolvedResponse item, string name, FhirIds ids, string? wanted) =>
        wanted is null ? ids.Of(Type.Name, ids.Terms.Purpose) : ids.Matching(wanted, Type.Name, ids.Terms.Purpose);

    protected override DomainResource Map(ListInvolvedResponse item, FhirSubject subject)
    {
        var team = new CareTeam { Status = CareTeam.CareTeamStatus.Active, Subject = subject.Reference };
        foreach (var (involved, number) in item.Involved.Where(IsTold).Select((involved, index) => (involved, index + 1)))
        {
            Add(team, involved, string.Create(CultureInfo.InvariantCulture, $"organisation-{number}"));
        }

        return team;
    }

    private static bool IsTold(Involved involved) => involved.Oin.Length > 0 || involved.Involvement.CalculateSize() > 0;

    private static void Add(CareTeam team, Involved involved, string id)
    {
        var involvement = involved.Involvement;
        var participant = new CareTeam.ParticipantComponent();

        // The gateway knows whose involvement it is: a name that is absent was kept back.
        if (OrganisationMapping.Of(involvement, involved.Oin, id, masked: true) is { } organisation)
        {
            team.Contained.Add(organisation);
            participant.Member = new ResourceReference("#" + id) { Display = organisation.Name };
        }

        if (involvement.OrganisationType.Length > 0)
        {
            participant.Role.Add(new CodeableConcept(FhirNames.OrganisationTypeSystem, involvement.OrganisationType));
        }

        if (involvement.CaseLead)
        {
            participant.Role.Add(new CodeableConcept($"{FhirNames.Root}/CodeSystem/role", "case-lead"));
        }

        participant.Period = FhirDates.Period(participant, ("started_on", involvement.StartedOn), ("ended_on", involvement.EndedOn));
        participant.AddField("involvement_id", FhirTexts.Of(involvement.InvolvementId));
        participant.AddField("contact_professional", FhirTexts.Of(involvement.ContactProfessional));
        participant.AddField("status", FhirTexts.Of(involvement.Status));
        participant.AddField("legal_frame", FhirTexts.Of(involvement.LegalFrame));
        participant.AddField("case_lead", involvement.HasCaseLead ? new FhirBoolean(involvement.CaseLead) : null);
        participant.AddField("last_confirmed_on", FhirTexts.Of(involvement.LastConfirmedOn));
        team.Participant.Add(participant);
    }
}
