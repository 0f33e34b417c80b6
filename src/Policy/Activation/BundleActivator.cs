using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Policy;

/// <summary>
/// Follows the bundle's source: what is new is verified, compiled, and only then takes the place of what decides now. A bad bundle changes
/// nothing: the last good one stays, and the log says so at the level that wakes somebody.
/// </summary>
internal sealed partial class BundleActivator(
    IBundleSource source, BundleTrust trust, TimeSpan refreshInterval, ActivePolicy active, PolicyMetrics metrics, TimeProvider time,
    ILogger<BundleActivator> logger) : BackgroundService, IPolicyLifeCycle
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private PolicyBundle? _bundle;
    private string? _refused;
    private bool _contentRefused;
    private volatile Moments _moments = new(null, null, null, null);

    public PolicyStatus Status
    {
        get
        {
            var (bundle, moments) = (_bundle, _moments);
            return new PolicyStatus(
                "embedded", source.Name, bundle?.Revision ?? "", bundle?.Digest, bundle?.SignedBy, active.IsUsable,
                moments.ActivatedAt, moments.RefreshedAt, moments.LastRefusal, moments.LastRefusedAt);
        }
    }

    /// <summary>The first bundle is awaited: a gateway whose file is bad does not start; one whose bundle server is away starts, and refuses.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (trust.Keys.Count == 0 && source is not EmbeddedBundleSource)
        {
            Log.Unsigned(logger, source.Name);
        }

        if (await TryLoadAsync(afresh: true, cancellationToken) is { } refusal && !source.MayBeAway)
        {
            throw new PolicyBundleException(refusal);
        }

        await base.StartAsync(cancellationToken);
    }

    public Task<string?> LoadNowAsync(CancellationToken cancellationToken) => TryLoadAsync(afresh: true, cancellationToken);

    public override void Dispose()
    {
        base.Dispose();
        source.Dispose();
        _oneAtATime.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (source is EmbeddedBundleSource)
        {
            return;
        }

        using var timer = new PeriodicTimer(refreshInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryLoadAsync(afresh: false, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task<string?> TryLoadAsync(bool afresh, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var fetched = await source.FetchAsync(afresh, cancellationToken);
            if (fetched is null)
            {
                // The source still has what it gave last. If that was refused it is no confirmation of what is active.
                return _contentRefused ? _moments.LastRefusal : Confirm();
            }

            _contentRefused = true;
            var bundle = PolicyBundle.Read(fetched.Archive, fetched.Name, trust);
            if (bundle.Digest != _bundle?.Digest)
            {
                await ActivateAsync(bundle, cancellationToken);
            }

            _contentRefused = false;
            return Confirm();
        }
        catch (PolicyBundleException problem)
        {
            Refuse(problem);
            return problem.Message;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private string? Confirm()
    {
        active.Confirm();
        _refused = null;
        _moments = _moments with { RefreshedAt = time.GetUtcNow(), LastRefusal = null, LastRefusedAt = null };
        return null;
    }

    private async Task ActivateAsync(PolicyBundle bundle, CancellationToken cancellationToken)
    {
        var previous = _bundle?.Revision ?? "none";
        active.Activate(await PolicyTrial.PassAsync(new WasmPolicyEngine(bundle), cancellationToken));
        _bundle = bundle;
        _moments = _moments with { ActivatedAt = time.GetUtcNow() };
        metrics.Activated(bundle.Revision);
        Log.Activated(logger, bundle.Revision, previous, source.Name, bundle.SignedBy ?? "nobody");
    }

    private void Refuse(PolicyBundleException problem)
    {
        // A source that stays bad is one event, not one every few seconds.
        var repeated = _refused == problem.Message;
        _refused = problem.Message;
        _moments = _moments with { LastRefusal = problem.Message, LastRefusedAt = time.GetUtcNow() };
        metrics.Refused();
        if (!repeated)
        {
            Log.Refused(logger, _bundle?.Revision ?? "none", problem.Message);
        }
    }

    private sealed record Moments(DateTimeOffset? ActivatedAt, DateTimeOffset? RefreshedAt, string? LastRefusal, DateTimeOffset? LastRefusedAt);

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Information, "Policy revision {Revision} is active, after {Previous}; from {Source}, signed by {SignedBy}")]
        public static partial void Activated(ILogger logger, string revision, string previous, string source, string signedBy);

        [LoggerMessage(3102, LogLevel.Critical, "A policy bundle was refused; revision {Revision} stays active. {Problem}")]
        public static partial void Refused(ILogger logger, string revision, string problem);

        [LoggerMessage(3103, LogLevel.Warning, "Policy:AllowUnsigned is on: whoever can write to {Source} decides who may see what. Development only")]
        public static partial void Unsigned(ILogger logger, string source);
    }
}
