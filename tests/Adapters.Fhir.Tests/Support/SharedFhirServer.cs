[assembly: AssemblyFixture(typeof(Keten.Adapters.Fhir.Tests.Support.SharedFhirServer))]

namespace Keten.Adapters.Fhir.Tests.Support;

/// <summary>One server for all tests that only read: started when the first asks, with pages so short that everything has several.</summary>
public sealed class SharedFhirServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private FhirServerProcess? _server;

    internal async Task<FhirServerProcess> StartedAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _server ??= await FhirServerProcess.StartAsync(pageSize: 1);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _gate.Dispose();
    }
}
