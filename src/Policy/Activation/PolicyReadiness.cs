using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Keten.Policy;

/// <summary>Ready when a decision can be made: without one every call is refused.</summary>
internal sealed class PolicyReadiness(ActivePolicy active) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(active.IsUsable ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("No policy bundle is active, or it was not confirmed within Policy:MaxAge."));
}
