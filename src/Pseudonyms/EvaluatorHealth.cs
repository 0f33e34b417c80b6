using Keten.Pseudonyms.Budgets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Keten.Pseudonyms;

/// <summary>Ready: keys are loaded (else the host had not started) and the log of evaluations can be written.</summary>
internal sealed class EvaluatorHealth(EvaluationLedger ledger) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ledger.IsWritable() ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The log of evaluations cannot be written."));
}
