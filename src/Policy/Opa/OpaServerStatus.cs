using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Policy;

/// <summary>An OPA server loads and verifies its own bundles; here one can only see whether it answers, and by which revision.</summary>
internal sealed partial class OpaServerStatus(OpaPolicyEngine engine, ActivePolicy active, Uri server, ILogger<OpaServerStatus> logger)
    : IPolicyLifeCycle, IHostedService, IHealthCheck
{
    private volatile string? _fault;

    public PolicyStatus Status => new(
        "opa", server.GetLeftPart(UriPartial.Authority), engine.Revision, Digest: null, SignedBy: null, Usable: _fault is null, ActivatedAt: null, RefreshedAt: null,
        _fault, LastRefusedAt: null);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        active.Activate(engine);
        if (await ProbeAsync(cancellationToken) is { } fault)
        {
            Log.NotThere(logger, fault);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<string?> LoadNowAsync(CancellationToken cancellationToken) =>
        await ProbeAsync(cancellationToken) ?? "the OPA server loads its own bundles; see its configuration";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await ProbeAsync(cancellationToken) is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy();

    private async ValueTask<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await engine.ProbeAsync(cancellationToken);
            return _fault = null;
        }
        catch (PolicyUnavailableException problem)
        {
            return _fault = problem.Message;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3104, LogLevel.Critical, "The policy engine is an OPA server that does not answer; every call is refused until it does. {Fault}")]
        public static partial void NotThere(ILogger logger, string fault);
    }
}
