using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Keten.TestKit;
using Keten.TestKit.Pki;

namespace Keten.Adapters.Fhir.Tests.Support;

/// <summary>
/// A FHIR R4 server nobody here wrote (Medplum's router and in-memory repository, on Node) as an organisation runs one: eng/npm/fhir-server.mjs.
/// </summary>
internal sealed class FhirServerProcess : IAsyncDisposable
{
    private static readonly string Tools = Path.Combine(Repository.Root, "eng", "npm");

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FhirServerProcess(Process process) => _process = process;

    /// <summary>Its access log: method and URL of each request.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public Uri Base { get; private set; } = null!;

    /// <param name="token">What it wants as bearer token.</param>
    /// <param name="pki">Set: it speaks TLS only, and only with who has a certificate of this authority.</param>
    /// <param name="pageSize">Most entries of a page.</param>
    /// <param name="resources">A file with other resources than those of resources.json.</param>
    public static async Task<FhirServerProcess> StartAsync(string? token = null, TestFederation? pki = null, int pageSize = 100, string? resources = null)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Tools, "node_modules", "@medplum", "fhir-router")), "@medplum/fhir-router is not installed; ./keten test installs it where there is npm.");
        var identity = pki?.Good(80);
        var settings = JsonSerializer.Serialize(new
        {
            resources = resources ?? Path.Combine(Repository.Root, "tests", "Adapters.Fhir.Tests", "Support", "resources.json"),
            token,
            pageSize,
            tls = identity is null ? null : new { ca = pki!.TrustAnchors, cert = identity.CertificatePath, key = identity.KeyPath },
        });
        var start = new ProcessStartInfo("node", ["fhir-server.mjs", settings])
        {
            WorkingDirectory = Tools, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        var server = new FhirServerProcess(process);
        var errors = new StringBuilder();
        process.OutputDataReceived += (_, line) => server.Read(line.Data);
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (await Task.WhenAny(server._port.Task, ended) == ended)
        {
            throw new InvalidOperationException($"fhir-server.mjs ended: {errors}");
        }

        server.Base = new Uri($"{(identity is null ? "http" : "https")}://localhost:{await server._port.Task}/r4");
        return server;
    }

    /// <summary>The organisation's own system writes.</summary>
    public async Task PutAsync(string path, string json)
    {
        using var http = new HttpClient();
        using var content = new StringContent(json, Encoding.UTF8, "application/fhir+json");
        using var answer = await http.PutAsync(new Uri($"{Base}/{path}"), content, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await _process.WaitForExitAsync(limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        const string Listening = "listening ";
        if (line?.StartsWith(Listening, StringComparison.Ordinal) == true)
        {
            _port.TrySetResult(int.Parse(line[Listening.Length..], CultureInfo.InvariantCulture));
        }
        else if (line is not null)
        {
            _requests.Enqueue(line);
        }
    }
}
