using Keten.Protocol.V1;

namespace Keten.Cli.Log;

/// <summary>One thing that happened, from every log that has it.</summary>
/// <param name="Line">What is told of it.</param>
/// <param name="Sources">OINs of whose logs have it.</param>
internal sealed record SubjectEntry(ProcessingLine Line, IReadOnlyList<string> Sources);
