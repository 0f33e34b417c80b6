using System.Globalization;
using Google.Protobuf;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>
/// The items of family plans as the plans, goals and tasks that FHIR makes of them. What belongs together, and what it is called, follows from the fields
/// that may be told and from no other: a plan of which the id is masked is not recognisable by what hangs together either.
/// </summary>
internal sealed class PlanParts
{
    private static readonly string[] OfPlan = ["plan_id", "version", "status", "evaluation_date", "family_view", "agreed_by_family"];
    private static readonly string[] OfGoal = ["life_domain", "goal"];
    private static readonly string[] OfTask = ["action", "action_owner", "action_due", "action_status"];
    private static readonly string[] TaskName = ["action", "action_owner"];

    private readonly FhirTerms _terms;
    private readonly FhirIds _ids;
    private readonly List<FhirPart<PlanItem>> _plans = [];
    private readonly List<FhirPart<PlanItem>> _goals = [];
    private readonly List<FhirPart<PlanItem>> _tasks = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public PlanParts(IReadOnlyList<PlanItem> items, FhirIds ids)
    {
        (_terms, _ids) = (ids.Terms, ids);
        foreach (var plan in items.GroupBy(item => Visible(item, OfPlan), StringComparer.Ordinal))
        {
            AddPlan([.. plan]);
        }
    }

    /// <summary>With references to their goals and tasks.</summary>
    public IReadOnlyList<FhirPart<PlanItem>> Plans => _plans;

    /// <summary>Items that are after the same.</summary>
    public IReadOnlyList<FhirPart<PlanItem>> Goals => _goals;

    /// <summary>One of an item, with references to its plan and its goal.</summary>
    public IReadOnlyList<FhirPart<PlanItem>> Tasks => _tasks;

    private void AddPlan(IReadOnlyList<PlanItem> items)
    {
        // The plan's own id where it may be told: then it stays itself when its status changes.
        var name = Unique(Visible(items[0], ["plan_id"]) is { Length: > 0 } id ? id : Visible(items[0], OfPlan));
        var references = new List<(FhirResourceType, string)>();
        foreach (var goal in items.GroupBy(item => Visible(item, OfGoal), StringComparer.Ordinal))
        {
            List<(FhirResourceType, string)> above = [Reference(FhirCatalogue.CarePlan, name)];
            if (goal.Key.Length > 0)
            {
                _goals.Add(new FhirPart<PlanItem>(Unique($"{name} {goal.Key}"), [.. goal], []));
                above.Add(Reference(FhirCatalogue.Goal, _goals[^1].Name));
                references.Add(above[^1]);
            }

            foreach (var item in goal.Where(item => Visible(item, OfTask).Length > 0))
            {
                _tasks.Add(new FhirPart<PlanItem>(Unique($"{name} {goal.Key} {Visible(item, TaskName)}"), [item], above));
                references.Add(Reference(FhirCatalogue.Task, _tasks[^1].Name));
            }
        }

        _plans.Add(new FhirPart<PlanItem>(name, items, references));
    }

    /// <summary>These fields as far as they may be told, in a form to compare; empty when there are none.</summary>
    private string Visible(PlanItem item, string[] fields)
    {
        var view = new PlanItem();
        foreach (var field in PlanItem.Descriptor.Fields.InDeclarationOrder())
        {
            if (fields.Contains(field.Name, StringComparer.Ordinal) && _terms.Fields.Contains(field.Name, StringComparer.Ordinal) && field.Accessor.HasValue(item))
            {
                field.Accessor.SetValue(view, field.Accessor.GetValue(item));
            }
        }

        return view.ToByteString().ToBase64();
    }

    /// <summary>What has the same name as one before is numbered, in the order of the source.</summary>
    private string Unique(string name)
    {
        var unique = name;
        for (var number = 2; !_names.Add(unique); number++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name} {number}");
        }

        return unique;
    }

    private (FhirResourceType Type, string Id) Reference(FhirResourceType type, string name) => (type, _ids.Of(type.Name, name));
}
