namespace Keten.LogTools.Reconcile;

/// <summary>Something to look into.</summary>
/// <param name="Kind">What.</param>
/// <param name="DecisionId">Of which decision.</param>
/// <param name="Adapter">Directory of the adapter, as it was given.</param>
/// <param name="Text">In words; field names and codes, nothing of a person.</param>
public sealed record Finding(FindingKind Kind, string DecisionId, string Adapter, string Text);
