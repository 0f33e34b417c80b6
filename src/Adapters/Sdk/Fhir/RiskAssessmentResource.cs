using Grpc.Core;
using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Services;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>RiskAssessment: the crisis level of an intake. Of an intake without one, or of which it may not be told, there is none.</summary>
internal sealed class RiskAssessmentResource(IFhirSide side, TimeProvider time, CrisisIntakeGrpcService service, ICrisisIntakeSource? source = null)
    : FhirResource<GetCrisisIntakesRequest, GetCrisisIntakesResponse, FhirPart<CrisisIntake>>(side, time)
{
    public override FhirResourceType Type => FhirCatalogue.RiskAssessment;

    public override bool IsOffered => source is not null;

    protected override Task<GetCrisisIntakesResponse> CallAsync(GetCrisisIntakesRequest request, ServerCallContext context) => service.GetCrisisIntakes(request, context);

    protected override IReadOnlyList<FhirPart<CrisisIntake>> ItemsOf(GetCrisisIntakesResponse response, FhirIds ids) =>
        [.. QuestionnaireResponseResource.Named(response.Intakes)
            .Select(i => new FhirPart<CrisisIntake>(i.Name, [i.Intake], [(FhirCatalogue.QuestionnaireResponse, ids.Of(FhirCatalogue.QuestionnaireResponse.Name, i.Name))]))];

    protected override GetCrisisIntakesResponse Holding(IEnumerable<FhirPart<CrisisIntake>> items) => new() { Intakes = { items.SelectMany(part => part.Items) } };

    protected override string NameOf(FhirPart<CrisisIntake> item) => item.Name;

    protected override bool IsThere(FhirPart<CrisisIntake> item) => item.Items[0].HasCrisisLevel;

    protected override DomainResource Map(FhirPart<CrisisIntake> item, FhirSubject subject)
    {
        var intake = item.Items[0];
        return new RiskAssessment
        {
            Status = ObservationStatus.Final,
            Subject = subject.Reference,
            Occurrence = FhirDateTime.IsValidValue(intake.ReceivedAt) ? new FhirDateTime(intake.ReceivedAt) : null,
            Basis = [.. item.To(FhirCatalogue.QuestionnaireResponse)],
            Prediction = [new RiskAssessment.PredictionComponent { QualitativeRisk = Level(intake.CrisisLevel) }],
        };
    }

    private static CodeableConcept Level(string level) => level is "none" or "green" or "orange" or "red"
        ? new CodeableConcept($"{FhirNames.Root}/CodeSystem/crisis-level", level) : new CodeableConcept { Text = level };
}
