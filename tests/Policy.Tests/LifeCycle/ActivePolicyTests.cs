namespace Keten.Policy.Tests.LifeCycle;

/// <summary>Engines change between decisions, never during one.</summary>
public sealed class ActivePolicyTests
{
    [Fact]
    public async Task Every_decision_comes_whole_from_one_engine_and_the_old_one_goes_after_its_last()
    {
        using var policy = new ActivePolicy(TimeProvider.System);
        var engines = Enumerable.Range(0, 200).Select(n => new CountingEngine($"r{n}")).ToArray();
        policy.Activate(engines[0]);
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var decisions = 0;
            while (!stop.IsCancellationRequested)
            {
                await policy.DecideAsync(PolicyCase.All[0].Input, CancellationToken.None);
                decisions++;
            }

            return decisions;
        })).ToArray();
        foreach (var engine in engines.Skip(1))
        {
            policy.Activate(engine);
            await TestKit.Within.SecondsAsync(10, () => engine.Decisions > 0, "a decision by the new engine");
        }

        await stop.CancelAsync();
        Assert.True((await Task.WhenAll(callers)).Sum() > engines.Length);
        Assert.All(engines[..^1], e => Assert.True(e is { Disposed: true, UsedAfterDisposal: false }));
        Assert.False(engines[^1].Disposed);
    }

    [Fact]
    public async Task An_engine_that_is_replaced_during_a_decision_is_kept_until_that_decision()
    {
        using var policy = new ActivePolicy(TimeProvider.System);
        var slow = new CountingEngine("slow") { Hold = new TaskCompletionSource() };
        policy.Activate(slow);
        var pending = policy.DecideAsync(PolicyCase.All[0].Input, CancellationToken.None);
        policy.Activate(new CountingEngine("next"));
        Assert.False(slow.Disposed);
        Assert.Equal("next", policy.Revision);
        slow.Hold.SetResult();
        Assert.Equal("slow", (await pending).Revision);
        Assert.True(slow.Disposed);
    }

    private sealed class CountingEngine(string revision) : IPolicyEngine, IDisposable
    {
        private int _decisions;

        public TaskCompletionSource? Hold { get; init; }

        public string Revision => revision;

        public int Decisions => Volatile.Read(ref _decisions);

        public bool Disposed { get; private set; }

        public bool UsedAfterDisposal { get; private set; }

        public void Dispose() => Disposed = true;

        public async ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken)
        {
            await (Hold?.Task ?? Task.CompletedTask);
            UsedAfterDisposal |= Disposed;
            Interlocked.Increment(ref _decisions);
            return new PolicyDecision { Allow = false, ReasonCode = "NO", CallerCode = "NO", Rule = "R1", Revision = revision };
        }

        public ValueTask<InvolvementVisibility> VisibilityAsync(
            string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new InvolvementVisibility("none", []));
    }
}
