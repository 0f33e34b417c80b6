using Keten.Contracts.Identifiers;
using Keten.Gateway.DecisionLog;
using Keten.Gateway.Involvement;
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

    public static async Task<TheGateway> StartAsync(EventsOptions events, TheRegistry registry, ThePolicy policy, TheDecisionLog log)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new TestLog("gateway")).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<IPolicyEngine>(policy).AddSingleton<IDecisionLog>(log).AddSingleton<IParticipantRegistry>(registry);
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
