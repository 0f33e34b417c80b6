namespace Keten.Bench.Log;

/// <summary>Reads through a real gateway and a real adapter.</summary>
/// <param name="Log">Where the gateway's log stood: <c>disk</c> or <c>memory</c>, where a sync costs nothing.</param>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="P50">Milliseconds from question to answer.</param>
/// <param name="P99">The same.</param>
public sealed record GatewayReport(string Log, long PerSecond, double P50, double P99);
