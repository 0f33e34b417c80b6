namespace Keten.LogTools.Reconcile;

/// <summary>A line of an adapter's record, as far as a gateway's log tells the same.</summary>
internal sealed record AdapterLine(
    string DecisionId, long Sequence, string TransactionId, DateTimeOffset At, string Caller, string Operation, string Purpose, bool Allowed, string ReasonCode,
    IReadOnlyList<string> Fields);
