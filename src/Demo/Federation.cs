using System.Collections.Concurrent;
using Keten.Adapters.Sdk.Hosting;
using Keten.Adapters.Sql;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog.Checkpoints;
using Keten.Demo.Layouts;
using Keten.Events;
using Keten.Gateway;
using Keten.Identity;
using Keten.Identity.Pki;
using Keten.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Demo;

/// <summary>
/// A whole federation on this machine: a certificate authority, a gateway, and for every organisation of the scenario a database in its own layout with
/// an adapter over it. Real sockets, real mTLS, real Kafka protocol; everything in one directory that goes when it is disposed.
/// </summary>
public sealed class Federation : IAsyncDisposable
{
    /// <summary>OIN of the gateway itself.</summary>
    public static readonly Oin GatewayOin = Oin.Parse("00000099000000009000");

    private const string CareAndSafetyHouse = "zvh";

    private static readonly IssueOptions Certificates = new() { Validity = TimeSpan.FromDays(3600) };

    private readonly ConcurrentDictionary<string, WebApplication> _hosts = new(StringComparer.Ordinal);
    private readonly List<IAsyncDisposable> _systems = [];
    private readonly string _directory;
    private readonly IReadOnlyDictionary<string, string?> _gatewaySettings;
    private readonly IReadOnlyDictionary<string, Action<IServiceCollection>> _sources;
    private readonly ScenarioClock _clock = new();
    private readonly WasmPolicyEngine _policy = new(PolicyBundle.Embedded());
    private readonly EmbeddedBroker? _broker;
    private Evaluators? _evaluators;
    private readonly string _kafka;

    private Federation(
        string directory, string decisionLog, IReadOnlyDictionary<string, string?> gatewaySettings, IReadOnlyDictionary<string, Action<IServiceCollection>> sources)
    {
        _directory = directory;
        _gatewaySettings = gatewaySettings;
        _sources = sources;
        DecisionLogDirectory = decisionLog;
        _kafka = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP") ?? "";
        if (_kafka.Length == 0)
        {
            _broker = new EmbeddedBroker();
            _kafka = _broker.BootstrapServers;
        }
    }

    /// <summary>Where the gateway's decision log is.</summary>
    public string DecisionLogDirectory { get; }

    /// <summary>The key that signs its checkpoints; made here, beside the log, and kept with it. The public key stands beside it.</summary>
    public string LogKeyPath => Path.TrimEndingDirectorySeparator(DecisionLogDirectory) + ".key";

    /// <summary>Public key of the log.</summary>
    public string LogKey { get; private set; } = "";

    /// <summary>Public key of the one participant that countersigns the log: the first.</summary>
    public string WitnessKey { get; private set; } = "";

    /// <summary>The authority that issued everybody's certificate.</summary>
    public DevelopmentAuthority Authority { get; private set; } = null!;

    /// <summary>The participant registry the gateway follows.</summary>
    public string RegistryPath => Path.Combine(_directory, "participants.yaml");

    /// <summary>The running hosts by ref; <c>gateway</c> for the gateway.</summary>
    public IReadOnlyDictionary<string, WebApplication> Hosts => _hosts;

    /// <summary>Where an organisation's adapter is called by the gateway.</summary>
    public IReadOnlyDictionary<string, Uri> AdapterAddresses { get; private set; } = null!;

    /// <summary>The embedded broker; null when a real one was given.</summary>
    public EmbeddedBroker? Broker => _broker;

    /// <summary>Where participants call the gateway.</summary>
    public Uri GatewayAddress { get; private set; } = null!;

    /// <summary>What an organisation's own system can do, by ref.</summary>
    public IReadOnlyDictionary<string, CaseManagementSystem> Systems { get; private set; } = null!;

    /// <summary>True when a real broker was given.</summary>
    public bool UsesRealBroker => _broker is null;

    /// <summary>Starts everything and returns when the gateway is ready.</summary>
    /// <param name="scenario">Who takes part.</param>
    /// <param name="decisionLogDirectory">Where the gateway keeps its log; null: in the federation's own directory.</param>
    /// <param name="verbose">Show the hosts' logs.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="gateway">Settings of the gateway that differ, by key.</param>
    /// <param name="sources">By ref, the connector of who has no database of the demo.</param>
    public static async Task<Federation> StartAsync(
        Scenario scenario, string? decisionLogDirectory, bool verbose, CancellationToken cancellationToken, IReadOnlyDictionary<string, string?>? gateway = null,
        IReadOnlyDictionary<string, Action<IServiceCollection>>? sources = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var directory = Directory.CreateTempSubdirectory("keten-demo-").FullName;
        var federation = new Federation(
            directory, decisionLogDirectory ?? Path.Combine(directory, "decision-log"), gateway ?? new Dictionary<string, string?>(),
            sources ?? new Dictionary<string, Action<IServiceCollection>>());
        try
        {
            await federation.StartAsync(scenario, verbose, cancellationToken);
            return federation;
        }
        catch
        {
            await federation.DisposeAsync();
            throw;
        }
    }

    /// <summary>The time of the story.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>Sets the time of the story.</summary>
    public void SetTime(DateTimeOffset moment) => _clock.SetTo(moment);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems)
        {
            await system.DisposeAsync();
        }

        await Task.WhenAll(_hosts.Values.Select(async host =>
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await host.StopAsync(limit.Token);
            await host.DisposeAsync();
        }));
        _evaluators?.Dispose();
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        _policy.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAsync(Scenario scenario, bool verbose, CancellationToken cancellationToken)
    {
        SetTime(scenario.Events.Count > 0 ? scenario.Events[0].At : TimeProvider.System.GetUtcNow());
        var authority = Authority = CreateAuthority(scenario);
        var gateway = authority.Issue(GatewayOin, "KetenGateway demo", Certificates);
        if (_broker is not null)
        {
            await _broker.EnsureAsync(TopicLayout.For(scenario.Participants.Select(p => Oin.Parse(p.Oin))), cancellationToken);
        }
        else
        {
            await new KafkaTopicAdministration(new EventsOptions { BootstrapServers = _kafka, AllowPlaintext = true })
                .EnsureAsync(TopicLayout.For(scenario.Participants.Select(p => Oin.Parse(p.Oin)), replication: 1), cancellationToken);
        }

        var setups = scenario.Participants.Select(p => new Setup(p, authority.Issue(Oin.Parse(p.Oin), p.Name[..Math.Min(p.Name.Length, 64)], Certificates), Path.Combine(_directory, p.Ref))).ToList();
        LogKey = NoteSigningKey.LoadOrCreate(LogKeyPath, "demo.keten.example/decisions").Verifier.ToString();
        await File.WriteAllTextAsync(LogKeyPath + NoteVerifierKey.FileSuffix, LogKey + "\n", cancellationToken);
        // The evaluators must know the participants before an adapter can start; where its adapter is, is known after.
        Register(setups.Select(s => (s, (Adapter?)null)));
        _evaluators = await Evaluators.StartAsync(_directory, authority, RegistryPath, Certificates, (name, settings, build) => StartHostAsync(name, settings, build, verbose, cancellationToken));
        var referrer = _evaluators.SourceOf(setups.First(s => s.Participant.Type != CareAndSafetyHouse).Certificate, _clock);
        var adapters = await Task.WhenAll(setups.Select(setup => StartAdapterAsync(setup, scenario, authority, referrer, verbose, cancellationToken)));
        AdapterAddresses = setups.Zip(adapters).ToDictionary(p => p.First.Participant.Ref, p => p.Second.Gateway, StringComparer.Ordinal);
        Register(setups.Zip(adapters, (setup, adapter) => (setup, (Adapter?)adapter)));
        GatewayAddress = await StartGatewayAsync(authority, gateway, setups[0], verbose, cancellationToken);
        Systems = setups.Zip(adapters, (setup, adapter) => CaseManagementSystem.Connect(
                setup.Participant, GatewayAddress, adapter.CaseSystem, authority.CertificatePath, authority.CrlPath, setup.Certificate.CertificatePath,
                setup.Certificate.KeyPath, adapter.Host.Services.GetRequiredService<IPseudonymSource>(), setup.AdapterDatabase, setup.SourceDatabase, _clock))
            .ToDictionary(s => s.Participant.Ref, StringComparer.Ordinal);
        _systems.AddRange(Systems.Values);
    }

    /// <summary>Valid in the time of the story as well as now: the hosts live in the one, the case systems in the other.</summary>
    private DevelopmentAuthority CreateAuthority(Scenario scenario)
    {
        var earliest = scenario.Events.Select(e => e.At).Append(TimeProvider.System.GetUtcNow()).Min();
        var clock = new ScenarioClock();
        clock.SetTo(earliest - TimeSpan.FromDays(1));
        var authority = DevelopmentAuthority.Init(Path.Combine(_directory, "pki"), time: clock);
        authority.RefreshCrl(Certificates.Validity);
        return authority;
    }

    private async Task<Uri> StartHostAsync(
        string name, Dictionary<string, string?> settings, Func<WebApplicationBuilder, WebApplication> build, bool verbose, CancellationToken cancellationToken)
    {
        var host = _hosts[name] = build(Builder(verbose, settings));
        await host.StartAsync(cancellationToken);
        return AddressesOf(host)[0];
    }

    private async Task<Adapter> StartAdapterAsync(
        Setup setup, Scenario scenario, DevelopmentAuthority authority, IPseudonymSource referrer, bool verbose, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(setup.Directory);
        var layout = DemoLayout.For(setup.Participant.Type);
        await layout.CreateAsync(setup.SourceDatabase, SourceData.ClientsOf(scenario, setup.Participant.Ref), cancellationToken);
        var mapping = Path.Combine(setup.Directory, "mapping.yaml");
        await layout.WriteMappingAsync(mapping, setup.SourceDatabase, cancellationToken);

        var builder = Builder(verbose, new Dictionary<string, string?>(_evaluators!.AdapterSettings())
        {
            ["Adapter:Oin"] = setup.Participant.Oin,
            ["Adapter:Name"] = setup.Participant.Name,
            ["Adapter:OrganisationType"] = setup.Participant.Type,
            ["Adapter:GatewayOin"] = GatewayOin.Value,
            ["Adapter:Listen"] = "127.0.0.1:0",
            ["Adapter:CaseSystemListen"] = "127.0.0.1:0",
            ["Adapter:Database"] = setup.AdapterDatabase,
            ["Adapter:Kafka:BootstrapServers"] = _kafka,
            ["Adapter:Kafka:AllowPlaintext"] = UsesRealBroker.ToString(),
            ["Adapter:WatchInterval"] = "00:00:00.2",
            ["Adapter:Federation:TrustAnchors"] = authority.CertificatePath,
            ["Adapter:Federation:RevocationList"] = authority.CrlPath,
            ["Adapter:Federation:Certificate"] = setup.Certificate.CertificatePath,
            ["Adapter:Federation:PrivateKey"] = setup.Certificate.KeyPath,
        });
        if (setup.Participant == scenario.Participants[0])
        {
            var key = Path.Combine(setup.Directory, "witness.key");
            WitnessKey = NoteSigningKey.Create(key, $"{setup.Participant.Ref}.demo.keten.example/witness", NoteKeyType.Witness).Verifier.ToString();
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Adapter:Witness:SigningKey"] = key,
                ["Adapter:Witness:Logs:0"] = LogKey,
            });
        }

        if (setup.Participant.Type == CareAndSafetyHouse)
        {
            // May not process BSNs, so the evaluators refuse it: its pseudonyms come with the case, from who referred it.
            builder.Services.AddSingleton(referrer);
        }

        if (_sources.TryGetValue(setup.Participant.Ref, out var add))
        {
            add(builder.Services);
        }
        else
        {
            builder.Services.AddSqlSource(mapping);
        }

        var host = AdapterHost.Build(builder);
        _hosts[setup.Participant.Ref] = host;

        await host.StartAsync(cancellationToken);
        var addresses = AddressesOf(host);
        return new Adapter(host, addresses[0], addresses[1]);
    }

    private async Task<Uri> StartGatewayAsync(
        DevelopmentAuthority authority, IssuedCertificate certificate, Setup witness, bool verbose, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Gateway:Listen"] = "127.0.0.1:0",
            ["Gateway:ManagementListen"] = "127.0.0.1:0",
            ["Gateway:DecisionLog:Directory"] = DecisionLogDirectory,
            ["Gateway:DecisionLog:SigningKey"] = LogKeyPath,
            ["Gateway:DecisionLog:WitnessInterval"] = "00:00:01",
            ["Gateway:DecisionLog:Witnesses:0:Oin"] = witness.Participant.Oin,
            ["Gateway:DecisionLog:Witnesses:0:Key"] = WitnessKey,
            ["Gateway:Kafka:BootstrapServers"] = _kafka,
            ["Gateway:Kafka:AllowPlaintext"] = UsesRealBroker.ToString(),
            ["Gateway:Federation:TrustAnchors"] = authority.CertificatePath,
            ["Gateway:Federation:RevocationList"] = authority.CrlPath,
            ["Gateway:Federation:Certificate"] = certificate.CertificatePath,
            ["Gateway:Federation:PrivateKey"] = certificate.KeyPath,
            ["Gateway:Federation:Participants"] = RegistryPath,
        };
        foreach (var (key, value) in _gatewaySettings)
        {
            settings[key] = value;
        }

        var host = GatewayHost.Build(Builder(verbose, settings));
        _hosts["gateway"] = host;
        await host.StartAsync(cancellationToken);
        await host.Services.GetRequiredService<Gateway.Involvement.InvolvementReadiness>().CaughtUp.WaitAsync(cancellationToken);
        return AddressesOf(host)[0];
    }

    private WebApplicationBuilder Builder(bool verbose, Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = _directory });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddSingleton<IPolicyEngine>(new SharedPolicy(_policy));
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Error);
        return builder;
    }

    private static List<Uri> AddressesOf(WebApplication host) =>
        [.. host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(a => new Uri(a.Replace("http://", "https://", StringComparison.Ordinal)))];

    private void Register(IEnumerable<(Setup Setup, Adapter? Adapter)> participants) =>
        ParticipantsFile.Write(RegistryPath, participants.Select(p => new Participant
        {
            Oin = Oin.Parse(p.Setup.Participant.Oin),
            Name = p.Setup.Participant.Name,
            OrganisationType = p.Setup.Participant.Type,
            Region = p.Setup.Participant.Region,
            Adapter = p.Adapter?.Gateway,
            Status = ParticipantStatus.Active,
            Profile = new OrganisationProfile
            {
                ContactDesk = $"Matchpunt {p.Setup.Participant.Name}", ContactPhone = "088-0000000", OpeningHours = "werkdagen 9-17",
                CrisisReachable = p.Setup.Participant.Type == "veilig-thuis",
            },
        }));

    private sealed record Setup(ScenarioParticipant Participant, IssuedCertificate Certificate, string Directory)
    {
        public string SourceDatabase => Path.Combine(Directory, "own-system.db");

        public string AdapterDatabase => Path.Combine(Directory, "adapter.db");
    }

    private sealed record Adapter(WebApplication Host, Uri Gateway, Uri CaseSystem);

    /// <summary>One compiled bundle for all hosts of this process; a host that stops does not take it along.</summary>
    private sealed class SharedPolicy(IPolicyEngine engine) : IPolicyEngine
    {
        public string Revision => engine.Revision;

        public ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken) => engine.DecideAsync(input, cancellationToken);

        public ValueTask<InvolvementVisibility> VisibilityAsync(
            string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken) =>
            engine.VisibilityAsync(viewerType, holderType, purpose, shielded, cancellationToken);
    }
}
