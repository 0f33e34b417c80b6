using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Services;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>CarePlan: a family plan, with what hangs on the whole of it.</summary>
internal sealed class CarePlanResource(IFhirSide side, TimeProvider time, PlanGrpcService service, IPlanSource? source = null)
    : PlanPartResource(side, time, service, source)
{
    public override FhirResourceType Type => FhirCatalogue.CarePlan;

    protected override IReadOnlyList<FhirPart<PlanItem>> ItemsOf(GetPlanResponse response, FhirIds ids) => new PlanParts(response.Items, ids).Plans;

    protected override DomainResource Map(FhirPart<PlanItem> item, FhirSubject subject)
    {
        var told = item.Items[0];
        var plan = new CarePlan
        {
            Subject = subject.Reference,
            StatusElement = new Code<RequestStatus>(StatusOf(told)),
            IntentElement = new Code<CarePlan.CarePlanIntent>(CarePlan.CarePlanIntent.Plan),
            Category = [new CodeableConcept($"{FhirNames.Root}/CodeSystem/category", "plan") { Text = "Gezinsplan" }],
        };
        if (plan.StatusElement.Value is null)
        {
            plan.StatusElement.WithoutValue(subject.Masks("status"));
            plan.AddField("status", FhirTexts.Of(told.Status));
        }

        if (told.PlanId.Length > 0)
        {
            plan.Identifier.Add(new Identifier($"{FhirNames.Root}/NamingSystem/plan", told.PlanId));
        }

        plan.Goal = [.. item.To(FhirCatalogue.Goal)];
        plan.Activity = [.. item.To(FhirCatalogue.Task).Select(task => new CarePlan.ActivityComponent { Reference = task })];
        plan.AddField("version", told.HasVersion ? new Integer(told.Version) : null);
        plan.AddField("evaluation_date", FhirTexts.Of(told.EvaluationDate));
        plan.AddField("family_view", FhirTexts.Of(told.FamilyView));
        plan.AddField("agreed_by_family", told.HasAgreedByFamily ? new FhirBoolean(told.AgreedByFamily) : null);
        return plan;
    }

    /// <summary>Null for words that are only the organisation's own.</summary>
    private static RequestStatus? StatusOf(PlanItem item) => item.Status switch
    {
        "draft" => RequestStatus.Draft,
        "active" => RequestStatus.Active,
        "on-hold" => RequestStatus.OnHold,
        "completed" => RequestStatus.Completed,
        "revoked" => RequestStatus.Revoked,
        _ => null,
    };
}
