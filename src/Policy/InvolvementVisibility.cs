namespace Keten.Policy;

/// <summary>How much one organisation learns of another's involvement.</summary>
/// <param name="Level"><c>none</c>, <c>contact</c> or <c>full</c>.</param>
/// <param name="Fields">Fields of <c>betrokkenheid</c> the level shows; empty for none.</param>
public sealed record InvolvementVisibility(string Level, IReadOnlyList<string> Fields)
{
    /// <summary>Nothing is learned.</summary>
    public bool IsNone => Level == "none";
}
