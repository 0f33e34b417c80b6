using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Keten.Bench.Rig;
using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.TestKit;
using Keten.TestKit.Pki;

namespace Keten.EndToEnd;

/// <summary>The gateway as an operator runs it: a process of its own, with configuration, killed and started again.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly Oin Wijkteam = TestFederation.OinOf(4);
    private static readonly Oin Gemeente = TestFederation.OinOf(3);

    private readonly TestFederation _federation = new();
    private readonly EmbeddedBroker _broker = new();
    private readonly List<Process> _started = [];
    private readonly StringBuilder _said = new();

    private string LogDirectory => Path.Combine(_federation.Root, "decision-log");

    private string LogKey => Path.Combine(_federation.Root, "decision-log.key");

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }

        _broker.Dispose();
        _federation.Dispose();
    }

    [Fact]
    public async Task A_gateway_that_is_killed_has_every_decision_it_answered_on_record_and_starts_again()
    {
        var (gateway, identity, ready) = await StartAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"gateway start to ready: {ready.TotalMilliseconds:0} ms");
        var told = new List<string>();
        using (var client = Client(identity, gateway.Port))
        {
            for (var i = 0; i < 20; i++)
            {
                told.Add((await Assert.ThrowsAsync<KetenException>(() => client.GetPersonAsync(Question()))).DecisionId);
            }
        }

        gateway.Process.Kill();
        await gateway.Process.WaitForExitAsync();
        var recorded = DecisionLogReader.Read(LogDirectory).Select(r => r.Decision?.DecisionId).ToHashSet();
        Assert.All(told, id => Assert.Contains(id, recorded));

        var (again, _, _) = await StartAsync(identity);
        using var next = Client(identity, again.Port);
        Assert.Equal("CALLER_NOT_INVOLVED", (await Assert.ThrowsAsync<KetenException>(() => next.GetPersonAsync(Question()))).ReasonCode);
    }

    [Fact]
    public async Task A_gateway_that_is_asked_to_stop_stops_in_order()
    {
        var (gateway, _, _) = await StartAsync();
        using var kill = Process.Start("kill", ["-TERM", gateway.Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await gateway.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(0, gateway.Process.ExitCode);
    }

    [Fact]
    public Task A_registry_that_is_broken_stops_the_start_with_file_and_line() => RefusesToStartAsync(
        settings => File.WriteAllText(_federation.Participants, "participants:\n  - oin: \"12\"\n    name: X\n    type: wijkteam\n    status: active\n"),
        "participants.yaml", "2");

    [Fact]
    public Task A_bundle_that_is_no_bundle_stops_the_start() => RefusesToStartAsync(
        settings =>
        {
            var bundle = Path.Combine(_federation.Root, "bundle.tar.gz");
            File.WriteAllText(bundle, "nothing");
            settings["Policy__Bundle"] = bundle;
            settings["Policy__AllowUnsigned"] = "true";
        }, "bundle.tar.gz", "expected a bundle");

    [Fact]
    public Task A_bundle_from_outside_without_a_key_stops_the_start() =>
        RefusesToStartAsync(settings => settings["Policy__Bundle"] = "bundle.tar.gz", "Policy:VerificationKeys", "must be signed");

    [Fact]
    public Task A_setting_that_is_missing_stops_the_start_with_its_name() =>
        RefusesToStartAsync(settings => settings.Remove("Gateway__DecisionLog__Directory"), "Gateway:DecisionLog:Directory");

    [Fact]
    public Task A_gateway_that_cannot_sign_its_log_does_not_start() =>
        RefusesToStartAsync(settings => settings.Remove("Gateway__DecisionLog__SigningKey"), "Gateway:DecisionLog:SigningKey", "keten log key new");

    [Fact]
    public Task A_trust_anchor_that_is_missing_stops_the_start() =>
        RefusesToStartAsync(settings => settings["Gateway__Federation__TrustAnchors"] = "/nowhere/ca.crt", "/nowhere/ca.crt");

    private async Task RefusesToStartAsync(Action<Dictionary<string, string>> spoil, params string[] says)
    {
        var settings = Settings(_federation.Good(9), LoopbackPort.Free(), LoopbackPort.Free());
        _federation.Register(TestFederation.Participant(Wijkteam));
        spoil(settings);
        var process = Start(settings);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotEqual(0, process.ExitCode);
        string said;
        lock (_said)
        {
            said = _said.ToString();
        }

        Assert.All(says, word => Assert.Contains(word, said, StringComparison.Ordinal));
    }

    private async Task<((Process Process, int Port) Gateway, TestIdentity Identity, TimeSpan Ready)> StartAsync(TestIdentity? caller = null)
    {
        caller ??= _federation.Good(4, "Wijkteam");
        _federation.Register(TestFederation.Participant(Wijkteam), TestFederation.Participant(Gemeente, "gemeente"));
        await _broker.EnsureAsync(TopicLayout.For([Wijkteam, Gemeente]), CancellationToken.None);
        var (port, management) = (LoopbackPort.Free(), LoopbackPort.Free());
        var settings = Settings(_federation.Good(9, "Gateway"), port, management);
        var started = Stopwatch.GetTimestamp();
        var process = Start(settings);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        await Within.SecondsAsync(30, async () =>
        {
            Assert.False(process.HasExited, _said.ToString());
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{management}/healthz/ready"));
                return answer.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "the gateway to be ready");
        return ((process, port), caller, Stopwatch.GetElapsedTime(started));
    }

    private Process Start(Dictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Keten.Gateway.dll"));
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        _started.Add(process);
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Hear(object sender, DataReceivedEventArgs line)
        {
            lock (_said)
            {
                _said.AppendLine(line.Data);
            }
        }
    }

    private Dictionary<string, string> Settings(TestIdentity gateway, int port, int management)
    {
        NoteSigningKey.LoadOrCreate(LogKey, "gateway.keten.example/decisions");
        return new()
        {
            ["Gateway__Listen"] = $"127.0.0.1:{port}",
            ["Gateway__ManagementListen"] = $"127.0.0.1:{management}",
            ["Gateway__DecisionLog__Directory"] = LogDirectory,
            ["Gateway__DecisionLog__SigningKey"] = LogKey,
            ["Gateway__Kafka__BootstrapServers"] = _broker.BootstrapServers,
            ["Gateway__Federation__TrustAnchors"] = _federation.TrustAnchors,
            ["Gateway__Federation__RevocationList"] = _federation.RevocationList,
            ["Gateway__Federation__Certificate"] = gateway.CertificatePath,
            ["Gateway__Federation__PrivateKey"] = gateway.KeyPath,
            ["Gateway__Federation__Participants"] = _federation.Participants,
        };
    }

    private KetenClient Client(TestIdentity caller, int port)
    {
        var anchors = new System.Security.Cryptography.X509Certificates.X509Certificate2Collection();
        anchors.ImportFromPemFile(_federation.TrustAnchors);
        return new KetenClient(new KetenClientOptions
        {
            Gateway = new Uri($"https://127.0.0.1:{port}"), GatewayOin = TestFederation.OinOf(9), TrustAnchors = anchors, Certificate = caller.Load(),
        });
    }

    private static Ask Question() => new()
    {
        Target = Gemeente, Subject = Pseudonym.Create("dev", new byte[32]), Purpose = "naw-hergebruik", Actor = "mw-1", ActorRole = "casusregisseur",
    };
}
