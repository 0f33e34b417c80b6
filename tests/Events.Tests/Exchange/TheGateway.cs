using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Gateway.Involvement;
using Keten.Gateway.Involvement.Expiry;
using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;
using Keten.Identity;
using Keten.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Events.Tests.Exchange;

/// <summary>A gateway's involvement part, running.</summary>
public sealed class TheGateway : IAsyncDisposable
{
    private readonly IHost _host;
    private bool _stopped;

    private TheGateway(IHost host) => _host = host;

    public IInvolvementView View => _host.Services.GetRequiredService<IInvolvementView>();

    /// <summary>Waits until this gateway matches all persons, and has it look at what a day brings.</summary>
    public async Task SweepAsync()
    {
        var (matching, reader) = (_host.Services.GetRequiredService<MatchService>(), _host.Services.GetRequiredService<ViewReader>());
        await Wait.UntilAsync(() => Enumerable.Range(0, reader.Partitions).All(matching.Owns));
        await _host.Services.GetRequiredService<Sweeper>().SweepAsync(CancellationToken.None);
    }

    public IServiceProvider Services => _host.Services;

    public EventProducer Producer => _host.Services.GetRequiredService<EventProducer>();

    /// <summary>How many of the partitions this gateway matches.</summary>
    public int Owned => Enumerable.Range(0, 4).Count(_host.Services.GetRequiredService<MatchService>().Owns);

    /// <summary>Involvements in its view.</summary>
    public int Count => _host.Services.GetRequiredService<InvolvementView>().Table.Count;

    public static async Task<TheGateway> StartAsync(
        EventsOptions events, TheRegistry registry, ThePolicy policy, TheDecisionLog log, TheClock clock)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new TestLog("gateway")).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<IPolicyEngine>(policy).AddSingleton<IDecisionLog>(log).AddSingleton<IParticipantRegistry>(registry);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddInvolvement(o => o.Events = events);
        var gateway = new TheGateway(builder.Build());
        await gateway._host.StartAsync();
        await gateway._host.Services.GetRequiredService<InvolvementReadiness>().CaughtUp.WaitAsync(Wait.Limit);
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, true))
        {
            return;
        }

        await _host.StopAsync();
        _host.Dispose();
    }
}
