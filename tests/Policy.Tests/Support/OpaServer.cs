using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keten.TestKit;

namespace Keten.Policy.Tests.Support;

/// <summary>An OPA server of our own, on a free port of this machine, with the bundle that an operator would load.</summary>
internal sealed class OpaServer : IAsyncDisposable
{
    private readonly Process _process;

    private OpaServer(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    public static async Task<OpaServer> StartAsync(params string[] more)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        var start = new ProcessStartInfo(Opa.Binary, ["run", "--server", "--addr", address.Authority, "--log-level", "error", "-b", Opa.OpaBundle, .. more])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var server = new OpaServer(Process.Start(start)!, address);
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        using var http = new HttpClient { BaseAddress = address };
        try
        {
            await Within.SecondsAsync(30, async () =>
            {
                Assert.False(server._process.HasExited, "OPA ended at once");
                try
                {
                    return (await http.GetAsync("/health?bundles", TestContext.Current.CancellationToken)).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    // Not listening yet.
                    return false;
                }
            }, "the OPA server");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>Stops it from answering without ending it, or lets it go on.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}
