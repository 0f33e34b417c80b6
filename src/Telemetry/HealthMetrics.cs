using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Keten.Telemetry;

/// <summary>Meter <c>Keten.Health</c>: what the health checks said last. Without a value they have not been asked yet.</summary>
internal sealed class HealthMetrics : IHealthCheckPublisher, IDisposable
{
    private readonly Meter _meter;
    private volatile HealthReport? _last;

    public HealthMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Keten.Health");
        _meter.CreateObservableGauge("keten.health", Measure, "{check}", "1 when a health check passes, otherwise 0, by `check`.");
    }

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        _last = report;
        return Task.CompletedTask;
    }

    public void Dispose() => _meter.Dispose();

    // Degraded answers as healthy at /healthz too.
    private IEnumerable<Measurement<int>> Measure() => _last is not { } report ? []
        : report.Entries.Select(e => new Measurement<int>(e.Value.Status == HealthStatus.Unhealthy ? 0 : 1, new KeyValuePair<string, object?>("check", e.Key)));
}
