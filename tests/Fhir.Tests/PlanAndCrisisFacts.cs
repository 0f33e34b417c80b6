using Google.Protobuf.Reflection;
using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Protocol.V1;

namespace Keten.Fhir.Tests;

/// <summary>As <see cref="FhirFacts"/>, for what is more than one resource: plans, goals and tasks put together again by their references, and a form.</summary>
internal static class PlanAndCrisisFacts
{
    private static readonly string[] OfPlan = ["plan_id", "version", "status", "evaluation_date", "family_view", "agreed_by_family"];
    private static readonly string[] OfGoal = ["life_domain", "goal"];
    private static readonly string[] OfTask = ["action", "action_owner", "action_due", "action_status"];

    /// <summary>What items say of plans, of goals in a plan, and of tasks for a goal, as lines of text, in order.</summary>
    public static IReadOnlyList<string> Lines(IEnumerable<PlanItem> items)
    {
        var all = items.Where(i => i.CalculateSize() > 0).ToList();
        var plans = all.Select(i => "plan " + Show(i, OfPlan)).Distinct();
        var goals = all.Where(i => Show(i, OfGoal).Length > 0).Select(i => $"goal {Show(i, OfGoal)} of {Show(i, OfPlan)}").Distinct();
        var tasks = all.Where(i => Show(i, OfTask).Length > 0).Select(i => $"task {Show(i, OfTask)} for {Show(i, OfGoal)} of {Show(i, OfPlan)}");
        return [.. plans.Concat(goals).Concat(tasks).Order(StringComparer.Ordinal)];
    }

    /// <summary>The same of three searches; every reference must lead to a resource of another.</summary>
    public static IReadOnlyList<string> Lines(IReadOnlyList<CarePlan> plans, IReadOnlyList<Goal> goals, IReadOnlyList<Hl7.Fhir.Model.Task> tasks)
    {
        var lines = new List<string>();
        foreach (var plan in plans)
        {
            var told = Show(PlanOf(plan), OfPlan);
            var own = plan.Goal.Select(r => goals.Single(g => r.Reference == "Goal/" + g.Id)).ToList();
            var steps = plan.Activity.Select(a => tasks.Single(t => a.Reference!.Reference == "Task/" + t.Id)).ToList();
            lines.Add("plan " + told);
            lines.AddRange(own.Select(g => $"goal {Show(GoalOf(g, plan), OfGoal)} of {told}"));
            Assert.All(steps, t => Assert.Equal("CarePlan/" + plan.Id, Assert.Single(t.BasedOn).Reference));
            lines.AddRange(steps.Select(t =>
                $"task {Show(TaskOf(t), OfTask)} for {(t.ReasonReference is { } goal ? Show(GoalOf(own.Single(g => goal.Reference == "Goal/" + g.Id), plan), OfGoal) : "")} of {told}"));
        }

        Assert.Equal(goals.Count, plans.Sum(p => p.Goal.Count));
        Assert.Equal(tasks.Count, plans.Sum(p => p.Activity.Count));
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    public static CrisisIntake IntakeOf(QuestionnaireResponse response)
    {
        var intake = new CrisisIntake();
        foreach (var item in response.Item)
        {
            var field = CrisisIntake.Descriptor.FindFieldByName(item.LinkId);
            foreach (var answer in item.Answer.Select(a => a.Value))
            {
                if (field.IsRepeated)
                {
                    ((System.Collections.IList)field.Accessor.GetValue(intake)).Add(((FhirString)answer!).Value);
                }
                else
                {
                    Assert.Equal(field.FieldType == FieldType.Bool ? typeof(FhirBoolean) : item.LinkId == "received_at" ? typeof(FhirDateTime) : typeof(FhirString), answer!.GetType());
                    field.Accessor.SetValue(intake, answer is FhirBoolean flag ? flag.Value! : answer.ToString());
                }
            }
        }

        Assert.Equal(intake.HasIntakeId ? intake.IntakeId : null, response.Identifier?.Value);
        Assert.Equal(intake.HasReceivedAt ? intake.ReceivedAt : null, response.Authored);
        return intake;
    }

    private static PlanItem PlanOf(CarePlan plan)
    {
        var item = new PlanItem();
        Set(plan.Identifier.SingleOrDefault()?.Value, v => item.PlanId = v);
        Set(Field(plan, "version"), v => item.Version = int.Parse(v));
        Set(plan.StatusElement!.Value is not null ? plan.StatusElement.ToString() : Field(plan, "status"), v => item.Status = v);
        Set(Field(plan, "evaluation_date"), v => item.EvaluationDate = v);
        Set(Field(plan, "family_view"), v => item.FamilyView = v);
        Set(Field(plan, "agreed_by_family"), v => item.AgreedByFamily = v == "true");
        return item;
    }

    private static PlanItem GoalOf(Goal goal, CarePlan plan)
    {
        Assert.Equal(plan.Status == RequestStatus.Active ? Goal.GoalLifecycleStatus.Active : null, goal.LifecycleStatus);
        var item = new PlanItem();
        Set(goal.Category.SingleOrDefault()?.Text, v => item.LifeDomain = v);
        Set(goal.Description!.Text, v => item.Goal = v);
        return item;
    }

    private static PlanItem TaskOf(Hl7.Fhir.Model.Task task)
    {
        var item = new PlanItem();
        Set(task.Description, v => item.Action = v);
        Set(task.Owner?.Display, v => item.ActionOwner = v);
        Set(task.Restriction?.Period?.End, v => item.ActionDue = v);
        Set(
            task.Status switch
            {
                Hl7.Fhir.Model.Task.TaskStatus.Requested => "open",
                Hl7.Fhir.Model.Task.TaskStatus.Completed => "done",
                _ => Field(task, "action_status"),
            },
            v => item.ActionStatus = v);
        return item;
    }

    private static string Show(PlanItem item, string[] fields) => string.Join(", ", fields.Select(PlanItem.Descriptor.FindFieldByName)
        .Where(f => f.Accessor.HasValue(item)).Select(f => $"{f.Name}={f.Accessor.GetValue(item)}"));

    private static string? Field(IExtendable element, string field) =>
        element.Extension.SingleOrDefault(e => e.Url == FhirNames.ExtensionRoot + field)?.Value?.ToString();

    private static void Set(string? value, Action<string> set)
    {
        if (value is not null)
        {
            set(value);
        }
    }
}
