using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Policy.Tests.Support;

/// <summary>A life cycle with its clock, its log and its numbers in the test's hand.</summary>
internal sealed class Activation : IAsyncDisposable
{
    public static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public Activation(IBundleSource source, BundleTrust trust, TimeSpan? maxAge = null)
    {
        Metrics = new PolicyMetrics(_services.GetRequiredService<IMeterFactory>());
        Policy = new ActivePolicy(Clock, maxAge, Metrics);
        Activator = new BundleActivator(source, trust, Refresh, Policy, Metrics, Clock, Log);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));

    public LogBook<BundleActivator> Log { get; } = new();

    public PolicyMetrics Metrics { get; }

    public ActivePolicy Policy { get; }

    public BundleActivator Activator { get; }

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public Task StartAsync() => Activator.StartAsync(TestContext.Current.CancellationToken);

    public async Task<string> DecideAsync() => (await Policy.DecideAsync(PolicyCase.All[0].Input, CancellationToken.None)).Revision;

    /// <summary>Lets one refresh interval pass, until the condition holds.</summary>
    public Task AfterRefreshAsync(Func<bool> condition, string what) => TestKit.Within.SecondsAsync(20, () =>
    {
        if (condition())
        {
            return true;
        }

        Clock.Advance(Refresh);
        return condition();
    }, what);

    public async ValueTask DisposeAsync()
    {
        await Activator.StopAsync(CancellationToken.None);
        Activator.Dispose();
        Policy.Dispose();
        Metrics.Dispose();
        await _services.DisposeAsync();
    }
}
