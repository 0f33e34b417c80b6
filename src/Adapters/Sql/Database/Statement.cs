namespace Keten.Adapters.Sql.Database;

/// <summary>One parameterised SELECT.</summary>
/// <param name="Text">Quoted identifiers and parameters; never a value.</param>
/// <param name="Constants">Parameters with the mapping's own constants.</param>
internal sealed record Statement(string Text, IReadOnlyList<KeyValuePair<string, string>> Constants);
