namespace Keten.PolicyTools.Matrix;

/// <summary>One operation of a cell, for roles and targets that are treated alike.</summary>
/// <param name="Operation">Operation id.</param>
/// <param name="Roles">Roles that may.</param>
/// <param name="Targets">Organisation types it may be asked of.</param>
/// <param name="Fields">Fields it gives, in category order.</param>
public sealed record Access(string Operation, IReadOnlyList<string> Roles, IReadOnlyList<string> Targets, IReadOnlyList<string> Fields);
