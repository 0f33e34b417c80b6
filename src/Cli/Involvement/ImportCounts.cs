namespace Keten.Cli.Involvement;

/// <summary>What became of the rows.</summary>
/// <param name="Rows">Read from the source.</param>
/// <param name="Position">Last row that is durable; of a dry run, judged.</param>
/// <param name="Taken">New, or changed since they were reported.</param>
/// <param name="Unchanged">Reported before.</param>
/// <param name="Refused">In the errors file.</param>
internal sealed record ImportCounts(long Rows, long Position, long Taken, long Unchanged, long Refused);
