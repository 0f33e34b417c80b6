using System.Text.Json;

namespace Keten.PolicyTools.Cases;

/// <summary>One row of the table of cases a privacy officer extends.</summary>
/// <param name="Id">Its id, or <c>#n</c> when it has none.</param>
/// <param name="Line">Line of the file it begins on.</param>
/// <param name="Input">The AuthZEN input it stands for.</param>
/// <param name="Expect">What the policy should answer, as written.</param>
public sealed record PolicyCase(string Id, int Line, ReadOnlyMemory<byte> Input, JsonElement Expect);
