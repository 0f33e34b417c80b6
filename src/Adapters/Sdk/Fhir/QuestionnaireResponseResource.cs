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
    : FhirResource<GetCrisisIntakesRequest, GetCrisisIntakesResponse, CrisisIntake>(side, time)
{
    public override FhirResourceType Type => FhirCatalogue.QuestionnaireResponse;

    public override bool IsOffered => source is not null;

    /// <summary>As for a relation.</summary>
    public static string Name(CrisisIntake intake) => intake.IntakeId.Length > 0 ? intake.IntakeId : intake.ToByteString().ToBase64();

    protected override Task<GetCrisisIntakesResponse> CallAsync(GetCrisisIntakesRequest request, ServerCallContext context) => service.GetCrisisIntakes(request, context);

    protected override IReadOnlyList<CrisisIntake> ItemsOf(GetCrisisIntakesResponse response, FhirIds ids) => response.Intakes;

    protected override GetCrisisIntakesResponse Holding(IEnumerable<CrisisIntake> items) => new() { Intakes = { items } };

    protected override string NameOf(CrisisIntake item) => Name(item);

    protected override DomainResource Map(CrisisIntake item, FhirSubject subject)
    {
        var response = new QuestionnaireResponse
        {
            Status = QuestionnaireResponse.QuestionnaireResponseStatus.Completed,
            Questionnaire = CrisisIntakeForm.Canonical,
            Subject = subject.Reference,
            Identifier = item.IntakeId.Length > 0 ? new Identifier($"{FhirNames.Root}/NamingSystem/crisis-intake", item.IntakeId) : null,
        };
        foreach (var field in CrisisIntakeForm.Fields)
        {
            var answers = CrisisIntakeForm.Answers(item, field).Select(answer => new QuestionnaireResponse.AnswerComponent { Value = answer }).ToList();
            if (answers.Count > 0)
            {
                response.Item.Add(new QuestionnaireResponse.ItemComponent { LinkId = field.Name, Answer = answers });
            }
        }

        if (FhirDateTime.IsValidValue(item.ReceivedAt))
        {
            response.Authored = item.ReceivedAt;
        }
        else
        {
            response.AddField("received_at", FhirTexts.Of(item.ReceivedAt));
        }

        return response;
    }
}
