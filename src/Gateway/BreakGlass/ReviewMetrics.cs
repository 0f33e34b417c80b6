using System.Diagnostics.Metrics;

namespace Keten.Gateway.BreakGlass;

/// <summary>How many reviews wait and how many are late, in numbers: nothing here tells of a person or of an organisation.</summary>
internal sealed class ReviewMetrics : IHostedService, IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Keten.Gateway.BreakGlass";

    private readonly Meter _meter;

    public ReviewMetrics(IMeterFactory meters, ReviewQueue queue)
    {
        _meter = meters.Create(Name);
        _meter.CreateObservableGauge("keten.breakglass.review.open", () => queue.Count().Open, "{decision}", "Break-glass decisions that wait for their review.");
        _meter.CreateObservableGauge("keten.breakglass.review.overdue", () => queue.Count().Overdue, "{decision}", "Of these, whose term has passed.");
    }

    /// <summary>Only made, so that the gauges are there from the start.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
