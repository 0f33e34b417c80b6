using System.Diagnostics.Metrics;

namespace Keten.Policy;

/// <summary>Meter <c>Keten.Policy</c>: which revision is active, how often it changed or was refused, and how long a decision takes.</summary>
public sealed class PolicyMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Keten.Policy";

    private readonly Meter _meter;
    private readonly Counter<long> _activations;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _duration;

    public PolicyMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        _activations = _meter.CreateCounter<long>("keten.policy.bundle.activations", "{activation}", "Bundles that became active.");
        _refusals = _meter.CreateCounter<long>("keten.policy.bundle.refusals", "{refusal}", "Bundles that were refused; the last good one stayed.");
        _duration = _meter.CreateHistogram<double>(
            "keten.policy.decision.duration", "s", "Time to one decision, by outcome: allow, deny or unavailable.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.000005, 0.00001, 0.00002, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5] });
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Observe(Func<string> revision) => _meter.CreateObservableGauge(
        "keten.policy.bundle.active", () => new Measurement<int>(1, new KeyValuePair<string, object?>("revision", revision())), "{bundle}",
        "1, with the active revision as a tag; an empty revision means that nothing can be decided.");

    internal void Activated(string revision) => _activations.Add(1, new KeyValuePair<string, object?>("revision", revision));

    internal void Refused() => _refusals.Add(1);

    internal void Decided(TimeSpan elapsed, PolicyDecision? decision)
    {
        if (_duration.Enabled)
        {
            _duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("outcome", decision is null ? "unavailable" : decision.Allow ? "allow" : "deny"));
        }
    }
}
