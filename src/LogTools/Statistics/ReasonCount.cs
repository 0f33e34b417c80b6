namespace Keten.LogTools.Statistics;

/// <summary>How often something was refused or failed for one reason.</summary>
/// <param name="Code">Exact reason code.</param>
/// <param name="Calls">Null: not shown, because it is too small.</param>
public sealed record ReasonCount(string Code, long? Calls);
