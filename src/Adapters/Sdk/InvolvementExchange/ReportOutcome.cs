using Keten.Contracts;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>A report that is durable, or why it is not taken.</summary>
/// <param name="InvolvementId">Id of the involvement.</param>
/// <param name="Version">Its version; its receipt has the same.</param>
/// <param name="Refusal">Null when it was taken.</param>
public sealed record ReportOutcome(string InvolvementId, long Version, Refusal? Refusal = null)
{
    /// <summary>The same was reported before: nothing was done.</summary>
    public bool IsRepeat { get; internal init; }

    internal static ReportOutcome Refused(Refusal refusal) => new("", 0, refusal);
}
