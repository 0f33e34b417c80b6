using System.Net;
using System.Net.Sockets;
using System.Text;
using Keten.Policy.Tests.Support;

namespace Keten.Policy.Tests.Engines;

/// <summary>The second engine: every case alike, and no answer is a refusal of its own type, in time.</summary>
public sealed class OpaPolicyEngineTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);
    private static readonly PolicyInput Question = PolicyCase.All[0].Input;

    [Fact]
    public async Task Decides_every_case_as_the_embedded_engine_does_and_names_the_same_revision()
    {
        await using var server = await OpaServer.StartAsync();
        using var opa = new OpaPolicyEngine(server.Address, TimeSpan.FromSeconds(5));
        using var embedded = new WasmPolicyEngine(PolicyBundle.Embedded());
        foreach (var (id, input, _) in PolicyCase.All)
        {
            var expected = await embedded.DecideAsync(input, TestContext.Current.CancellationToken);
            Assert.Equivalent(expected, await opa.DecideAsync(input, TestContext.Current.CancellationToken), strict: true);
            Assert.False(string.IsNullOrEmpty(id));
        }

        Assert.Equal(embedded.Revision, opa.Revision);
    }

    [Fact]
    public async Task Shows_involvements_as_the_embedded_engine_does()
    {
        await using var server = await OpaServer.StartAsync();
        using var opa = new OpaPolicyEngine(server.Address, TimeSpan.FromSeconds(5));
        using var embedded = new WasmPolicyEngine(PolicyBundle.Embedded());
        string[] types = ["gemeente", "politie", "ggz", "onderwijs", "veilig-thuis", "gateway", ""];
        foreach (var (viewer, holder, purpose, shielded) in
            from v in types from h in types from p in new[] { "betrokkenheid-jeugd", "betrokkenheid-volwassenen", "x" } from s in new[] { true, false } select (v, h, p, s))
        {
            Assert.Equivalent(
                await embedded.VisibilityAsync(viewer, holder, purpose, shielded, TestContext.Current.CancellationToken),
                await opa.VisibilityAsync(viewer, holder, purpose, shielded, TestContext.Current.CancellationToken), strict: true);
        }
    }

    [Fact]
    public async Task A_server_that_freezes_is_refused_within_the_timeout_and_used_again_when_it_thaws()
    {
        await using var server = await OpaServer.StartAsync();
        using var opa = new OpaPolicyEngine(server.Address, Timeout);
        await opa.DecideAsync(Question, TestContext.Current.CancellationToken);
        await server.SignalAsync("STOP");
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            await RefusesAsync(opa, "within 250 ms");
            Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds, 200, 3000);
        }
        finally
        {
            await server.SignalAsync("CONT");
        }

        await TestKit.Within.SecondsAsync(10, async () => await Record.ExceptionAsync(async () => await opa.DecideAsync(Question, CancellationToken.None)) is null);
    }

    [Fact]
    public async Task A_server_that_dies_is_refused()
    {
        var server = await OpaServer.StartAsync();
        using var opa = new OpaPolicyEngine(server.Address, Timeout);
        await opa.DecideAsync(Question, TestContext.Current.CancellationToken);
        await server.DisposeAsync();
        await RefusesAsync(opa, "cannot be asked");
    }

    [Fact]
    public async Task A_server_without_our_policy_is_refused()
    {
        await using var server = await OpaServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };
        using var elsewhere = new OpaPolicyEngine(new Uri(server.Address, "/elsewhere"), Timeout);
        await RefusesAsync(elsewhere, "404");
    }

    private const string Provenance = "\"provenance\":{\"bundles\":{\"keten\":{\"revision\":\"x\"}}}";

    [Theory]
    [InlineData("{}", "bundle revision")]
    [InlineData("{\"result\":{\"allow\":true}}", "bundle revision")]
    [InlineData("{" + Provenance + "}", "no such policy")]
    [InlineData("{\"result\":{}," + Provenance + "}", "incomplete")]
    [InlineData("{\"result\":true," + Provenance + "}", "expected")]
    [InlineData("{\"result\":{\"allow\":\"true\",\"reason_code\":\"ALLOWED\",\"caller_code\":\"ALLOWED\",\"rule\":\"R22\"}," + Provenance + "}", "not what")]
    [InlineData("{\"result\":{\"allow\":true,\"reason_code\":\"TARGET_NOT_INVOLVED\",\"caller_code\":\"X\",\"rule\":\"R18d\"}," + Provenance + "}", "refusal's code")]
    [InlineData("{\"result\":{\"allow\":true,\"reason_code\":\"ALLOWED\",\"caller_code\":\"ALLOWED\",\"rule\":\"R22\",\"fields\":\"bsn\"}," + Provenance + "}", "expected")]
    [InlineData("{\"result\":{\"allow\":true,\"reason_code\":\"ALLOWED\",\"caller_code\":\"ALLOWED\",\"rule\":\"R22\",\"fields\":[\"a\",3]}," + Provenance + "}", "expected")]
    [InlineData("{\"result\":{\"allow\":false,\"allow\":true,\"reason_code\":\"ALLOWED\",\"caller_code\":\"ALLOWED\",\"rule\":\"R22\"}," + Provenance + "}", "not what")]
    [InlineData("<html>", "not what")]
    [InlineData("", "not what")]
    public async Task An_odd_answer_is_no_answer(string body, string says)
    {
        using var server = Scripted(200, body);
        using var opa = new OpaPolicyEngine(server.Address, TimeSpan.FromSeconds(5));
        await RefusesAsync(opa, says);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(204)]
    [InlineData(500)]
    public async Task An_answer_that_is_not_200_is_no_answer(int status)
    {
        using var server = Scripted(status, "{}");
        using var opa = new OpaPolicyEngine(server.Address, TimeSpan.FromSeconds(5));
        await RefusesAsync(opa, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_body_that_only_drips_is_refused_within_the_timeout()
    {
        using var server = Scripted(200, "{", announced: 1000);
        using var opa = new OpaPolicyEngine(server.Address, Timeout);
        await RefusesAsync(opa, "within 250 ms");
    }

    [Fact]
    public async Task An_endless_body_is_refused()
    {
        using var server = Scripted(200, new string(' ', 2 * 1024 * 1024));
        using var opa = new OpaPolicyEngine(server.Address, TimeSpan.FromSeconds(5));
        await RefusesAsync(opa, "cannot be asked");
    }

    [Fact]
    public async Task A_caller_that_hangs_up_is_not_called_a_policy_failure()
    {
        using var opa = new OpaPolicyEngine(new Uri("http://127.0.0.1:1"), Timeout);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await opa.DecideAsync(Question, new CancellationToken(canceled: true)));
    }

    private static async Task RefusesAsync(OpaPolicyEngine engine, string says)
    {
        var problem = await Assert.ThrowsAsync<PolicyUnavailableException>(async () => await engine.DecideAsync(Question, CancellationToken.None));
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    /// <summary>A socket that answers the first request with these bytes, whatever was asked.</summary>
    private static ScriptedServer Scripted(int status, string body, int? announced = null) => new(
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {announced ?? Encoding.UTF8.GetByteCount(body)}\r\n"
        + $"{(status == 301 ? "Location: http://127.0.0.1:1/\r\n" : "")}\r\n{(status == 204 ? "" : body)}");

    private sealed class ScriptedServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private TcpClient? _client;

        public ScriptedServer(string answer)
        {
            _listener.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
            _ = AnswerAsync(answer);
        }

        public Uri Address { get; }

        public void Dispose()
        {
            _listener.Dispose();
            _client?.Dispose();
        }

        private async Task AnswerAsync(string answer)
        {
            try
            {
                _client = await _listener.AcceptTcpClientAsync();
                var request = new byte[65536];
                await _client.GetStream().ReadAtLeastAsync(request, 1);
                await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(answer));
            }
            catch (Exception problem) when (problem is IOException or SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
