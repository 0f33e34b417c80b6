using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Services;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>QuestionnaireResponse: a crisis intake, an item for every field that is told.</summary>
internal sealed class QuestionnaireResponseResource(IFhirSide side, TimeProvider time, CrisisIntakeGrpcService service, ICrisisIntakeSource? source = null)
    : FhirResource<GetCrisisIntakesRequest, GetCrisisIntakesResponse, FhirPart<CrisisIntake>>(side, time)
{
    public override FhirResourceType Type => FhirCatalogue.QuestionnaireResponse;

    public override bool IsOffered => source is not null;

    /// <summary>
    /// The intakes with what each is known by: as for a relation, and numbered among those of one name. A RiskAssessment refers to them, so both are made of these.
    /// </summary>
    public static IEnumerable<(CrisisIntake Intake, string Name)> Named(IEnumerable<CrisisIntake> intakes)
    {
        var count = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var intake in intakes)
        {
            var name = intake.IntakeId.Length > 0 ? intake.IntakeId : intake.ToByteString().ToBase64();
            var number = count[name] = count.GetValueOrDefault(name) + 1;
            yield return (intake, string.Create(CultureInfo.InvariantCulture, $"{name} {number}"));
        }
    }

    protected override Task<GetCrisisIntakesResponse> CallAsync(GetCrisisIntakesRequest request, ServerCallContext context) => service.GetCrisisIntakes(request, context);

    protected override IReadOnlyList<FhirPart<CrisisIntake>> ItemsOf(GetCrisisIntakesResponse response, FhirIds ids) =>
        [.. Named(response.Intakes).Select(i => new FhirPart<CrisisIntake>(i.Name, [i.Intake], []))];

    protected override GetCrisisIntakesResponse Holding(IEnumerable<FhirPart<CrisisIntake>> items) => new() { Intakes = { items.SelectMany(part => part.Items) } };

    protected override string NameOf(FhirPart<CrisisIntake> item) => item.Name;

    protected override bool IsThere(FhirPart<CrisisIntake> item) => item.Items[0].CalculateSize() > 0;

    protected override DomainResource Map(FhirPart<CrisisIntake> item, FhirSubject subject)
    {
        var intake = item.Items[0];
        var response = new QuestionnaireResponse
        {
            Status = QuestionnaireResponse.QuestionnaireResponseStatus.Completed,
            Questionnaire = CrisisIntakeForm.Canonical,
            Subject = subject.Reference,
            Identifier = intake.IntakeId.Length > 0 ? new Identifier($"{FhirNames.Root}/NamingSystem/crisis-intake", intake.IntakeId) : null,
        };
        foreach (var field in CrisisIntakeForm.Fields)
        {
            var answers = CrisisIntakeForm.Answers(intake, field).Select(answer => new QuestionnaireResponse.AnswerComponent { Value = answer }).ToList();
            if (answers.Count > 0)
            {
                response.Item.Add(new QuestionnaireResponse.ItemComponent { LinkId = field.Name, Answer = answers });
            }
        }

        if (FhirDateTime.IsValidValue(intake.ReceivedAt))
        {
            response.Authored = intake.ReceivedAt;
        }
        else
        {
            response.AddField("received_at", FhirTexts.Of(intake.ReceivedAt));
        }

        return response;
    }
}
