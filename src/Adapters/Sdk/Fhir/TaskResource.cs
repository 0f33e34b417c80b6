using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Services;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;
using R4Task = Hl7.Fhir.Model.Task;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>Task: what somebody does for a plan, and by when.</summary>
internal sealed class TaskResource(IFhirSide side, TimeProvider time, PlanGrpcService service, IPlanSource? source = null)
    : PlanPartResource(side, time, service, source)
{
    public override FhirResourceType Type => FhirCatalogue.Task;

    protected override IReadOnlyList<FhirPart<PlanItem>> ItemsOf(GetPlanResponse response, FhirIds ids) => new PlanParts(response.Items, ids).Tasks;

    protected override DomainResource Map(FhirPart<PlanItem> item, FhirSubject subject)
    {
        var told = item.Items[0];
        var task = new R4Task
        {
            For = subject.Reference,
            StatusElement = new Code<R4Task.TaskStatus>(StatusOf(told)),
            IntentElement = new Code<R4Task.TaskIntent>(R4Task.TaskIntent.Plan),
            BasedOn = [.. item.To(FhirCatalogue.CarePlan)],
            ReasonReference = item.To(FhirCatalogue.Goal).FirstOrDefault(),
            DescriptionElement = FhirTexts.Of(told.Action),
            Owner = told.ActionOwner.Length > 0 ? new ResourceReference { Display = told.ActionOwner } : null,
        };
        if (task.StatusElement.Value is null)
        {
            task.StatusElement.WithoutValue(subject.Masks("action_status"));
            task.AddField("action_status", FhirTexts.Of(told.ActionStatus));
        }

        FhirDates.Set(
            told.ActionDue, due => task.Restriction = new R4Task.RestrictionComponent { Period = new Period { End = due } },
            () => task.AddField("action_due", FhirTexts.Of(told.ActionDue)));
        return task;
    }

    /// <summary>Null for words that are only the organisation's own.</summary>
    private static R4Task.TaskStatus? StatusOf(PlanItem item) => item.ActionStatus switch
    {
        "open" => R4Task.TaskStatus.Requested,
        "in-progress" => R4Task.TaskStatus.InProgress,
        "done" => R4Task.TaskStatus.Completed,
        "cancelled" => R4Task.TaskStatus.Cancelled,
        _ => null,
    };
}
