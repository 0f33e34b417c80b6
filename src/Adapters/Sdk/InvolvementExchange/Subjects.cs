using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>The pseudonyms an involvement counts under.</summary>
/// <param name="Current">Under the current key when it was reported or moved last.</param>
/// <param name="Other">Under the federation's other key, while two are in use; empty otherwise.</param>
internal readonly record struct Subjects(string Current, string Other)
{
    /// <summary>The rows of table <c>involvement</c> that count under <c>$subject</c>: a condition that both its indexes answer.</summary>
    // The second index leaves the empty ones out, and is only used where the condition does so too; without it every row is looked at.
    public const string Condition = "(subject = $subject OR (other_subject = $subject AND other_subject <> ''))";

    /// <summary>Both, or the one.</summary>
    public IEnumerable<string> All => Other.Length == 0 ? [Current] : [Current, Other];

    /// <summary>May be the same person: where both know a pseudonym under the same key, it is the same.</summary>
    public bool MayBe(IEnumerable<string> others)
    {
        var mine = All.ToList();
        return others.All(other => mine.TrueForAll(own => KeyOf(own) != KeyOf(other) || own == other));
    }

    /// <summary>Fills in a report.</summary>
    public void CopyTo(InvolvementChanged report) => (report.Subject, report.OtherSubject) = (Current, Other);

    private static string KeyOf(string pseudonym) => pseudonym[..pseudonym.IndexOf('.', StringComparison.Ordinal)];
}
