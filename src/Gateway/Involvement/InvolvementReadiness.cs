using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Keten.Gateway.Involvement;

/// <summary>Ready when the view has taken in everything that was in the topic at the start: before that every "is involved?" would be a guess.</summary>
public sealed class InvolvementReadiness : IHealthCheck
{
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once, when the view is complete.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(CaughtUp.IsCompletedSuccessfully
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The view of involvements is still being read from Kafka."));

    internal void SetCaughtUp() => _caughtUp.TrySetResult();
}
