using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Demo;
using Keten.DecisionLog.Checkpoints;
using Keten.Demo.Layouts;
using Keten.Events;
using Keten.Identity;
using Keten.Identity.Pki;
using Microsoft.Data.Sqlite;

namespace Keten.Bench.Rig;

/// <summary>
/// A federation of processes on this machine: a certificate authority, a broker, gateways, and adapters over databases with the same invented
/// clients. Everything is in one directory that goes when it is disposed, and no process outlives it.
/// </summary>
public sealed class FederationRig : IAsyncDisposable
{
    private static readonly Oin GatewayOin = Oin.Parse("00000099000000009000");
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan IndexLimit = TimeSpan.FromMinutes(5);

    private readonly string _directory = Directory.CreateTempSubdirectory("keten-rig-").FullName;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly List<RigProcess> _gateways = [];
    private readonly List<RigProcess> _adapters = [];
    private readonly List<RigProcess> _evaluators = [];
    private readonly List<int> _evaluatorPorts = [];
    private readonly List<RigCaseSystem> _caseSystems = [];
    private readonly Dictionary<Oin, IssuedCertificate> _certificates = [];
    private readonly List<int> _gatewayPorts = [];
    private readonly RigSetup _setup;
    private string _trustAnchors = "";

    private FederationRig(RigSetup setup)
    {
        _setup = setup;
        if (Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP") is { Length: > 0 } real)
        {
            Events = new EventsOptions { BootstrapServers = real, AllowPlaintext = true };
        }
        else
        {
            Broker = new EmbeddedBroker();
            Events = Broker.Options;
        }
    }

    public IReadOnlyList<RigOrganisation> Organisations => _setup.Organisations;

    /// <summary>Null when a real broker is given by <c>KAFKA_BOOTSTRAP</c>.</summary>
    public EmbeddedBroker? Broker { get; }

    public EventsOptions Events { get; }

    public IReadOnlyList<RigProcess> Gateways => _gateways;

    public IReadOnlyList<RigProcess> Adapters => _adapters;

    public IReadOnlyList<RigProcess> Evaluators => _evaluators;

    /// <summary>The organisations' own systems, in the order of <see cref="Organisations"/>.</summary>
    public IReadOnlyList<RigCaseSystem> CaseSystems => _caseSystems;

    /// <summary>Everything that can be killed.</summary>
    public IEnumerable<RigProcess> Processes => _gateways.Concat(_adapters);

    /// <summary>Starts all and returns when all are ready.</summary>
    /// <param name="organisations">Who takes part.</param>
    /// <param name="clients">Clients that every organisation has, named <c>c0</c> and on.</param>
    /// <param name="gateways">Number of gateway replicas.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="indexed">Return when the adapters have evaluated the pseudonyms of their clients; false: when they have begun.</param>
    public static Task<FederationRig> StartAsync(
        IReadOnlyList<RigOrganisation> organisations, int clients, int gateways, CancellationToken cancellationToken, bool indexed = true) =>
        StartAsync(new RigSetup { Organisations = organisations, Clients = clients, Gateways = gateways, Indexed = indexed }, cancellationToken);

    /// <summary>Starts all and returns when all are ready.</summary>
    public static async Task<FederationRig> StartAsync(RigSetup setup, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var rig = new FederationRig(setup);
        try
        {
            await rig.StartAsync(setup.Clients, setup.Gateways, setup.Indexed, cancellationToken);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>What an organisation calls one gateway with. The caller disposes it.</summary>
    public KetenClient Connect(RigOrganisation organisation, int gateway)
    {
        ArgumentNullException.ThrowIfNull(organisation);
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPemFile(_trustAnchors);
        var certificate = _certificates[organisation.Oin];
        return new KetenClient(new KetenClientOptions
        {
            Gateway = new Uri($"https://127.0.0.1:{_gatewayPorts[gateway]}"), GatewayOin = GatewayOin, TrustAnchors = anchors,
            Certificate = X509Certificate2.CreateFromPemFile(certificate.CertificatePath, certificate.KeyPath),
        });
    }

    /// <summary>Directory of a gateway's decision log.</summary>
    public string DecisionLog(int gateway) => Path.Combine(_setup.DecisionLogs ?? _directory, GatewayName(gateway));

    /// <summary>File of the key a gateway signs its checkpoints with.</summary>
    public string DecisionLogKey(int gateway) => Path.Combine(_directory, GatewayName(gateway) + ".key");

    /// <summary>Where an organisation's files are: <c>adapter.db</c>, its own system, logs.</summary>
    public string DirectoryOf(RigOrganisation organisation)
    {
        ArgumentNullException.ThrowIfNull(organisation);
        return Path.Combine(_directory, organisation.Type);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_caseSystems.Select(system => system.DisposeAsync().AsTask()));
        foreach (var process in Processes.Concat(_evaluators))
        {
            process.Dispose();
        }

        _http.Dispose();
        Broker?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAsync(int clients, int gateways, bool indexed, CancellationToken cancellationToken)
    {
        var oins = Organisations.Select(organisation => organisation.Oin).ToList();
        ITopicAdministration administration = Broker is null ? new KafkaTopicAdministration(Events) : Broker;
        await administration.EnsureAsync(TopicLayout.For(oins, replication: 1), cancellationToken);

        var authority = DevelopmentAuthority.Init(Path.Combine(_directory, "pki"));
        _trustAnchors = authority.CertificatePath;
        var addresses = Organisations.ToDictionary(o => o.Oin, _ => LoopbackPort.Free());
        ParticipantsFile.Write(Registry, Organisations.Select(o => new Participant
        {
            Oin = o.Oin, Name = o.Type, OrganisationType = o.Type, Status = "active", Adapter = new Uri($"https://127.0.0.1:{addresses[o.Oin]}"),
        }));

        DevelopmentKeys.Make(_directory);
        foreach (var (name, oin) in DevelopmentKeys.Parties)
        {
            AddEvaluator(name, authority, authority.Issue(oin, name));
        }

        await Task.WhenAll(Organisations.Select(o => AddAdapterAsync(o, clients, addresses[o.Oin], authority, cancellationToken)));
        var certificate = authority.Issue(GatewayOin, "KetenGateway");
        for (var i = 0; i < gateways; i++)
        {
            AddGateway(i, authority, certificate);
        }

        _evaluators.ForEach(evaluator => evaluator.Start());
        await Task.WhenAll(_evaluators.Select(evaluator => evaluator.ReadyAsync(StartLimit, cancellationToken)));
        foreach (var process in Processes)
        {
            process.Start();
        }

        await Task.WhenAll(Processes.Select(process => process.ReadyAsync(StartLimit, cancellationToken)));
        if (indexed)
        {
            await Task.WhenAll(Organisations.Select(o => IndexedAsync(Path.Combine(DirectoryOf(o), "adapter.db"), clients, cancellationToken)));
        }
    }

    // An adapter that still evaluates its clients' pseudonyms measures that.
    private static async Task IndexedAsync(string database, int clients, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (Indexed(database) < clients)
        {
            if (waited.Elapsed > IndexLimit)
            {
                throw new RigException($"an adapter did not evaluate the pseudonyms of its {clients} clients within {IndexLimit.TotalSeconds:0} s");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static long Indexed(string database)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        using var count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM pseudonym_index";
        return (long)count.ExecuteScalar()!;
    }

    private string Registry => Path.Combine(_directory, "participants.yaml");

    private async Task AddAdapterAsync(
        RigOrganisation organisation, int clients, int port, DevelopmentAuthority authority, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateDirectory(DirectoryOf(organisation)).FullName;
        var own = Path.Combine(directory, "own-system.db");
        var mapping = Path.Combine(directory, "mapping.yaml");
        var layout = DemoLayout.For(organisation.Type);
        await layout.CreateAsync(own, Bsns.Take(clients).Select((bsn, i) => new DemoClient($"c{i}", bsn)), cancellationToken);
        await layout.WriteMappingAsync(mapping, own, cancellationToken);

        var socket = Path.Combine(directory, "adapter.sock");
        var system = new RigCaseSystem(organisation, socket);
        IssuedCertificate certificate;
        lock (_adapters)
        {
            certificate = _certificates[organisation.Oin] = authority.Issue(organisation.Oin, organisation.Type);
        }

        var process = new RigProcess($"adapter {organisation.Type}", Program("Keten.Adapters.Sql.dll"), new Dictionary<string, string>(RigEvaluators.AdapterSettings(_directory, _evaluatorPorts).Concat(_setup.AdapterSettings))
        {
            ["Adapter__Oin"] = organisation.Oin.Value,
            ["Adapter__Name"] = organisation.Type,
            ["Adapter__OrganisationType"] = organisation.Type,
            ["Adapter__GatewayOin"] = GatewayOin.Value,
            ["Adapter__Listen"] = $"127.0.0.1:{port}",
            ["Adapter__CaseSystemSocket"] = socket,
            ["Adapter__Database"] = Path.Combine(directory, "adapter.db"),
            ["Adapter__Kafka__BootstrapServers"] = Events.BootstrapServers,
            ["Adapter__Kafka__AllowPlaintext"] = Events.AllowPlaintext.ToString(),
            ["Adapter__PseudonymIndexKey"] = Path.Combine(directory, "index.key"),
            ["Adapter__Mapping"] = mapping,
            ["Adapter__Federation__TrustAnchors"] = authority.CertificatePath,
            ["Adapter__Federation__RevocationList"] = authority.CrlPath,
            ["Adapter__Federation__Certificate"] = certificate.CertificatePath,
            ["Adapter__Federation__PrivateKey"] = certificate.KeyPath,
            ["Logging__LogLevel__Default"] = "Warning",
        }, Path.Combine(directory, "adapter.log"), system.AnswersAsync);
        lock (_adapters)
        {
            _adapters.Add(process);
            _caseSystems.Add(system);
        }
    }

    private void AddEvaluator(string name, DevelopmentAuthority authority, IssuedCertificate certificate)
    {
        var (port, management) = (LoopbackPort.Free(), LoopbackPort.Free());
        _evaluatorPorts.Add(port);
        _evaluators.Add(new RigProcess(name, Program("Keten.Pseudonyms.dll"), RigEvaluators.Settings(_directory, name, port, management, Registry, authority, certificate),
            Path.Combine(_directory, name + ".log"), cancellationToken => AnswersAsync(new Uri($"http://127.0.0.1:{management}/healthz/ready"), cancellationToken)));
    }

    private void AddGateway(int number, DevelopmentAuthority authority, IssuedCertificate certificate)
    {
        var (port, management) = (LoopbackPort.Free(), LoopbackPort.Free());
        var name = GatewayName(number);
        var logKey = DecisionLogKey(number);
        _gatewayPorts.Add(port);
        NoteSigningKey.Create(logKey, $"{name}.bench.keten.example/decisions");
        _gateways.Add(new RigProcess(name, Program("Keten.Gateway.dll"), new Dictionary<string, string>
        {
            ["Gateway__Listen"] = $"127.0.0.1:{port}",
            ["Gateway__ManagementListen"] = $"127.0.0.1:{management}",
            ["Gateway__DecisionLog__Directory"] = DecisionLog(number),
            ["Gateway__DecisionLog__SigningKey"] = logKey,
            ["Gateway__Kafka__BootstrapServers"] = Events.BootstrapServers,
            ["Gateway__Kafka__AllowPlaintext"] = Events.AllowPlaintext.ToString(),
            ["Gateway__Kafka__SessionTimeout"] = Events.SessionTimeout.ToString(),
            ["Gateway__Federation__TrustAnchors"] = authority.CertificatePath,
            ["Gateway__Federation__RevocationList"] = authority.CrlPath,
            ["Gateway__Federation__Certificate"] = certificate.CertificatePath,
            ["Gateway__Federation__PrivateKey"] = certificate.KeyPath,
            ["Gateway__Federation__Participants"] = Registry,
            ["Logging__LogLevel__Default"] = "Warning",
        }, Path.Combine(_directory, name + ".log"), cancellationToken => AnswersAsync(new Uri($"http://127.0.0.1:{management}/healthz/ready"), cancellationToken)));
    }

    private async Task<bool> AnswersAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(address, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception problem) when (problem is HttpRequestException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private static string GatewayName(int number) => string.Create(CultureInfo.InvariantCulture, $"gateway-{number}");

    private static string Program(string dll) => Path.Combine(AppContext.BaseDirectory, dll) is var path && File.Exists(path)
        ? path : throw new FileNotFoundException($"{dll} does not stand beside this program", dll);
}
