using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>What an adapter's database has about one person.</summary>
/// <param name="Shielded">The organisation shields an involvement with the person (M4), whether there is any line or not.</param>
/// <param name="Lines">Newest first, each with the question whether the person may see it (R18f).</param>
public sealed record PersonLogbook(bool Shielded, IReadOnlyList<(ProcessingLine Line, LoggedLine Question)> Lines);
