using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Services;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>Goal: what a plan is to reach. Its life cycle is the plan's.</summary>
internal sealed class GoalResource(IFhirSide side, TimeProvider time, PlanGrpcService service, IPlanSource? source = null)
    : PlanPartResource(side, time, service, source)
{
    public override FhirResourceType Type => FhirCatalogue.Goal;

    protected override IReadOnlyList<FhirPart<PlanItem>> ItemsOf(GetPlanResponse response, FhirIds ids) => new PlanParts(response.Items, ids).Goals;

    protected override DomainResource Map(FhirPart<PlanItem> item, FhirSubject subject)
    {
        var told = item.Items[0];
        var goal = new Goal
        {
            Subject = subject.Reference,
            LifecycleStatusElement = new Code<Goal.GoalLifecycleStatus>(StatusOf(told)),
            Description = told.Goal.Length > 0 ? new CodeableConcept { Text = told.Goal } : new CodeableConcept().WithoutValue(subject.Masks("goal")),
        };
        if (goal.LifecycleStatusElement.Value is null)
        {
            goal.LifecycleStatusElement.WithoutValue(subject.Masks("status"));
        }

        if (told.LifeDomain.Length > 0)
        {
            goal.Category.Add(new CodeableConcept { Text = told.LifeDomain });
        }

        return goal;
    }

    /// <summary>A plan that is done or given up is one of which nobody is after the goals any more; whether they were reached nobody said.</summary>
    private static Goal.GoalLifecycleStatus? StatusOf(PlanItem item) => item.Status switch
    {
        "draft" => Goal.GoalLifecycleStatus.Proposed,
        "active" => Goal.GoalLifecycleStatus.Active,
        "on-hold" => Goal.GoalLifecycleStatus.OnHold,
        "completed" => Goal.GoalLifecycleStatus.Completed,
        "revoked" => Goal.GoalLifecycleStatus.Cancelled,
        _ => null,
    };
}
