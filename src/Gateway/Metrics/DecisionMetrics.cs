using System.Diagnostics.Metrics;

namespace Keten.Gateway.Metrics;

/// <summary>Meter <c>Keten.Gateway</c>: what was decided. Reason codes are those of the register and of this gateway, so that they are few.</summary>
internal sealed class DecisionMetrics : IDisposable
{
    private const string Allowed = "ALLOWED";

    private readonly Meter _meter;
    private readonly Counter<long> _decisions;

    public DecisionMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Keten.Gateway");
        _decisions = _meter.CreateCounter<long>(
            "keten.gateway.decisions", "{decision}", "Decisions, by `point` (gateway: a call; intake: a report), `outcome` (allow, deny) and `reason`.");
    }

    /// <summary>Counts one decision.</summary>
    /// <param name="point">Where it was made, as the decision record has it.</param>
    /// <param name="refusal">Reason code; null when it was allowed.</param>
    public void Decided(string point, string? refusal) => _decisions.Add(
        1, new("point", point), new("outcome", refusal is null ? "allow" : "deny"), new("reason", refusal ?? Allowed));

    public void Dispose() => _meter.Dispose();
}
