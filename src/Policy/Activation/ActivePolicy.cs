using System.Diagnostics;

namespace Keten.Policy;

/// <summary>
/// The engine that decides now. Another can take its place between two decisions: who began on the old one ends on the old one, and it is
/// disposed after its last. Without an engine, or with one that was not confirmed for too long, there is no decision.
/// </summary>
public sealed class ActivePolicy : IPolicyEngine, IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan? _maxAge;
    private readonly PolicyMetrics? _metrics;
    private volatile Holder? _current;
    private long _confirmed;

    /// <param name="time">Clock of <paramref name="maxAge"/>.</param>
    /// <param name="maxAge">Without a confirmation for longer than this: refuse to decide. Null: never.</param>
    /// <param name="metrics">Where decisions are counted; null: nowhere.</param>
    public ActivePolicy(TimeProvider time, TimeSpan? maxAge = null, PolicyMetrics? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _maxAge = maxAge;
        _metrics = metrics;
        metrics?.Observe(() => Revision);
    }

    /// <inheritdoc/>
    public string Revision => _current?.Engine.Revision ?? "";

    /// <summary>True when a decision can be made now.</summary>
    public bool IsUsable => _current is not null && !IsTooOld;

    /// <summary>Decisions begin with this engine from here on. It is this object's from now on.</summary>
    public void Activate(IPolicyEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        Confirm();
        Interlocked.Exchange(ref _current, new Holder(engine))?.Release();
    }

    /// <summary>The source was reached and has nothing newer: the age begins anew.</summary>
    public void Confirm() => Volatile.Write(ref _confirmed, _time.GetTimestamp());

    /// <inheritdoc/>
    public async ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        PolicyDecision? decision = null;
        var holder = Take();
        try
        {
            return decision = await holder.Engine.DecideAsync(input, cancellationToken);
        }
        finally
        {
            holder.Release();
            _metrics?.Decided(Stopwatch.GetElapsedTime(started), decision);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<InvolvementVisibility> VisibilityAsync(
        string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken)
    {
        var holder = Take();
        try
        {
            return await holder.Engine.VisibilityAsync(viewerType, holderType, purpose, shielded, cancellationToken);
        }
        finally
        {
            holder.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _current, null)?.Release();

    private bool IsTooOld => _maxAge is { } maxAge && _time.GetElapsedTime(Volatile.Read(ref _confirmed)) > maxAge;

    private Holder Take()
    {
        if (IsTooOld && _current is not null)
        {
            throw new PolicyUnavailableException($"the policy was not confirmed by its source for longer than Policy:MaxAge ({_maxAge})");
        }

        while (_current is { } holder)
        {
            // Fails only when the holder was replaced since it was read: then there is another.
            if (holder.TryTake())
            {
                return holder;
            }
        }

        throw new PolicyUnavailableException("no policy bundle is active yet");
    }

    /// <summary>An engine and how many use it; one of them is the activation itself.</summary>
    private sealed class Holder(IPolicyEngine engine)
    {
        private int _users = 1;

        public IPolicyEngine Engine { get; } = engine;

        public bool TryTake()
        {
            for (var users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
            {
                if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
                {
                    return true;
                }
            }

            return false;
        }

        public void Release()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                (Engine as IDisposable)?.Dispose();
            }
        }
    }
}
