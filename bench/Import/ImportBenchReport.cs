namespace Keten.Bench.Import;

/// <summary>An import measured.</summary>
/// <param name="Rows">Rows, each of another client, none known before.</param>
/// <param name="Taken">Rows that became involvements.</param>
/// <param name="Refused">Rows that were refused.</param>
/// <param name="Seconds">From the start of the command to its end: every row durable at the adapter.</param>
/// <param name="RowsPerSecond">Over all of that.</param>
/// <param name="EvaluatedSeconds">Until the pseudonyms of all clients were there; the rows begin after that.</param>
/// <param name="PublishedSeconds">Until the last event was with the broker.</param>
/// <param name="Processes">What each took: the command, the adapter, the evaluators.</param>
public sealed record ImportBenchReport(
    int Rows, long Taken, long Refused, double Seconds, double RowsPerSecond, double EvaluatedSeconds, double PublishedSeconds, IReadOnlyList<ProcessCost> Processes);

/// <summary>What a process took.</summary>
/// <param name="Name">For people.</param>
/// <param name="PeakMegabytes">Most memory it ever had (resident set).</param>
/// <param name="ProcessorSeconds">Of one core, from its start.</param>
public sealed record ProcessCost(string Name, double PeakMegabytes, double ProcessorSeconds);
