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

    protected override IReadOnlyList<Involvement> ItemsOf(GetInvolvementResponse response) => response.Involvements;

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

        AddOrganisation(episode, item, subject);
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

    private static void AddOrganisation(EpisodeOfCare episode, Involvement item, FhirSubject subject)
    {
        var organisation = new Organization { Id = "organisation", Name = item.Organisation.Length > 0 ? item.Organisation : null };
        if (item.OrganisationType.Length > 0)
        {
            organisation.Type.Add(new CodeableConcept($"{FhirNames.Root}/CodeSystem/organisation-type", item.OrganisationType));
        }

        organisation.AddField("department", FhirTexts.Of(item.Department));
        if (item.ContactDesk.Length + item.ContactPhone.Length + item.ContactEmail.Length > 0)
        {
            var contact = new Organization.ContactComponent();
            if (item.ContactDesk.Length > 0)
            {
                contact.Name = new HumanName { Text = item.ContactDesk };
            }

            AddTelecom(contact, ContactPoint.ContactPointSystem.Phone, item.ContactPhone);
            AddTelecom(contact, ContactPoint.ContactPointSystem.Email, item.ContactEmail);
            organisation.Contact.Add(contact);
        }

        // R4 wants an organisation to have a name or an identifier.
        if (organisation.Name is null && organisation.Type.Count + organisation.Extension.Count + organisation.Contact.Count > 0)
        {
            organisation.NameElement = new FhirString().WithoutValue(subject.Masks("organisation"));
        }

        if (organisation.NameElement is not null)
        {
            episode.Contained.Add(organisation);
            episode.ManagingOrganization = new ResourceReference("#organisation");
        }
    }

    private static void AddTelecom(Organization.ContactComponent contact, ContactPoint.ContactPointSystem system, string value)
    {
        if (value.Length > 0)
        {
            contact.Telecom.Add(new ContactPoint { System = system, Value = value });
        }
    }
}
