namespace Keten.Bench.Log;

/// <summary>Appends with fdatasync on, each awaited: what a decision adds to a call.</summary>
/// <param name="Writers">Appending at the same time.</param>
/// <param name="PerSecond">Records a second.</param>
/// <param name="P50">Milliseconds from the append to durable.</param>
/// <param name="P99">The same.</param>
public sealed record AppendReport(int Writers, long PerSecond, double P50, double P99);
