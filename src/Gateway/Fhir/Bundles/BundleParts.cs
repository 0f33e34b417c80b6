using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>Adds the answers of several questions to one searchset.</summary>
internal static class BundleParts
{
    /// <summary>Which decision an entry came under; its terms are in the <c>keten-disclosure-bin</c> header with the same id.</summary>
    private const string Decision = FhirNames.ExtensionRoot + "decision";

    private const string Source = FhirNames.ExtensionRoot + "source";

    /// <summary>Adds what was found, or why not.</summary>
    /// <param name="bundle">To add to.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="mode">What its entries are in this searchset.</param>
    /// <param name="source">OIN of who was asked.</param>
    public static void Add(Bundle bundle, SubAnswer answer, Bundle.SearchEntryMode mode, string source)
    {
        if (answer.Outcome is { } outcome)
        {
            AddOutcome(bundle, outcome, source);
            return;
        }

        foreach (var entry in answer.Bundle!.Entry)
        {
            entry.Search = new Bundle.SearchComponent { Mode = entry.Search?.Mode == Bundle.SearchEntryMode.Match ? mode : entry.Search?.Mode };
            if (answer.DecisionId.Length > 0)
            {
                entry.Extension.Add(new Extension(Decision, new Id(answer.DecisionId)));
            }

            bundle.Entry.Add(entry);
        }

        if (answer.Bundle.Link.Exists(l => l.Relation == "next"))
        {
            AddOutcome(bundle, Incomplete, source);
        }
    }

    /// <summary>Adds an outcome that says of whom it is.</summary>
    public static void AddOutcome(Bundle bundle, OperationOutcome outcome, string source)
    {
        outcome.Issue.ForEach(issue => issue.Extension.Add(new Extension(Source, new Identifier(FhirNames.OinSystem, source))));
        bundle.Entry.Add(new Bundle.EntryComponent { Resource = outcome, Search = new Bundle.SearchComponent { Mode = Bundle.SearchEntryMode.Outcome } });
    }

    private static OperationOutcome Incomplete => new()
    {
        Issue =
        [
            new OperationOutcome.IssueComponent
            {
                Severity = OperationOutcome.IssueSeverity.Warning,
                Code = OperationOutcome.IssueType.Incomplete,
                Details = new CodeableConcept { Text = "There is more than fits: search at this organisation itself. / Er is meer dan hier past: zoek bij deze organisatie zelf." },
            },
        ],
    };
}
