namespace Keten.PolicyTools.Diff;

/// <summary>The same change to the same cell of the matrix, for all roles, targets and situations it holds for.</summary>
/// <param name="Purpose">Purpose id.</param>
/// <param name="Caller">Organisation type that asks.</param>
/// <param name="Category">Category id.</param>
/// <param name="Operation">Operation id.</param>
/// <param name="Roles">Roles of the caller.</param>
/// <param name="Targets">Organisation types asked.</param>
/// <param name="Situations">Under which facts; an empty name is the favourable case.</param>
/// <param name="Change">What changed.</param>
public sealed record CellChange(
    string Purpose,
    string Caller,
    string Category,
    string Operation,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Targets,
    IReadOnlyList<string> Situations,
    AnswerChange Change);
