using Keten.Adapters.Sdk.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Fhir.Tests.Support;

/// <summary>A host with the connector in it, started as an adapter starts it.</summary>
public sealed class RunningSource : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningSource(IHost host, CollectedLogs logs) => (_host, Logs) = (host, logs);

    public CollectedLogs Logs { get; }

    public IServiceProvider Services => _host.Services;

    public IClientDirectory Clients => Services.GetRequiredService<IClientDirectory>();

    public IPersonSource Person => Services.GetRequiredService<IPersonSource>();

    public IHouseholdSource Household => Services.GetRequiredService<IHouseholdSource>();

    public IInvolvementSource Involvement => Services.GetRequiredService<IInvolvementSource>();

    public IPersonFactsSource Facts => Services.GetRequiredService<IPersonFactsSource>();

    public static async Task<RunningSource> StartAsync(FhirMapping mapping, TimeProvider? time = null)
    {
        var logs = new CollectedLogs();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddFhirSource(mapping);
        var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return new RunningSource(host, logs);
    }

    public static Task<RunningSource> StartAsync(string mappingPath, TimeProvider? time = null) => StartAsync(FhirMapping.Load(mappingPath), time);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
