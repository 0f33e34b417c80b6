using Grpc.Net.Client;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Hosting;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Keten.Policy;
using Keten.Telemetry;
using Keten.Protocol.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Adapters.Sdk.Tests.Hosting;

/// <summary>
/// A gemeente's adapter as the host puts it together, on real sockets, with a real database and the real policy; without mTLS and Kafka, which
/// the end-to-end tests have. Two doors: the gateway's and the case system's.
/// </summary>
internal sealed class TheAdapter : IAsyncDisposable
{
    private static readonly WasmPolicyEngine Policy = new(PolicyBundle.Embedded());

    private readonly string? _own;
    private readonly string _directory;
    private readonly WebApplication _host;
    private readonly GrpcChannel[] _doors;

    private TheAdapter(Action<IServiceCollection>? change, string? directory)
    {
        _own = directory is null ? Directory.CreateTempSubdirectory("keten-adapter-").FullName : null;
        _directory = directory ?? _own!;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton(new AdapterOptions { Oin = ThePermit.Target, WatchInterval = TimeSpan.FromSeconds(5) });
        builder.Services.AddSingleton<IPolicyEngine>(new Shared());
        builder.Services.AddSingleton<IClientDirectory>(Source).AddSingleton<IPseudonymSource>(Source);
        builder.Services.AddSingleton<IPersonSource>(Source).AddSingleton<IHouseholdSource>(Source).AddSingleton<IPersonFactsSource>(Source);
        builder.Services.AddInvolvementExchange(exchange =>
        {
            exchange.DatabasePath = Database;
            exchange.Oin = ThePermit.Target;
            exchange.OrganisationName = "Gemeente Test";
            exchange.OrganisationType = "gemeente";
            exchange.Events.BootstrapServers = "127.0.0.1:1";
        });
        foreach (var service in builder.Services.Where(d => d.ServiceType == typeof(IHostedService) && d.ImplementationType?.Namespace?.StartsWith("Keten", StringComparison.Ordinal) == true).ToArray())
        {
            builder.Services.Remove(service);
        }

        builder.Services.AddDisclosure(Oin.Parse(ThePermit.Target));
        builder.Services.AddHostMetrics("test");
        change?.Invoke(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Listen(kestrel, AdapterListenerKind.Gateway);
            Listen(kestrel, AdapterListenerKind.CaseSystem);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _host = builder.Build();
        _host.MapServices();
        _host.Start();
        _doors = [.. _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => GrpcChannel.ForAddress(a))];
    }

    public FakeTimeProvider Time { get; } = new(ThePermit.Moment);

    public TheSource Source { get; } = new();

    public TheLogBook Log { get; } = new();

    public GrpcChannel GatewayDoor => _doors[0];

    public GrpcChannel CaseSystemDoor => _doors[1];

    /// <summary>A listener that somebody forgot to mark.</summary>
    public GrpcChannel UnmarkedDoor => _doors[2];

    public string Database => Path.Combine(_directory, "adapter.db");

    public AdapterStore Store => _host.Services.GetRequiredService<AdapterStore>();

    public IServiceProvider Services => _host.Services;

    public PersonService.PersonServiceClient Persons => new(GatewayDoor);

    public HouseholdService.HouseholdServiceClient Households => new(GatewayDoor);

    public ConsultationService.ConsultationServiceClient Consultations => new(GatewayDoor);

    /// <summary>With a directory, the database stays there when the adapter stops: a next one goes on with it.</summary>
    public static TheAdapter Start(Action<IServiceCollection>? change = null, string? directory = null) => new(change, directory);

    /// <summary>Everything in the organisation's own record, in order of sequence.</summary>
    public IReadOnlyList<(string Decision, int Sequence, bool Allowed, string Reason, string CallerCode, string Fields)> Disclosures()
    {
        using var connection = Store.OpenConnection();
        return connection.Query(
            "SELECT decision_id, sequence, allowed, reason_code, caller_code, fields FROM disclosure ORDER BY decision_id, sequence",
            r => (r.GetString(0), r.GetInt32(1), r.GetBoolean(2), r.GetString(3), r.GetString(4), r.GetString(5)));
    }

    public IReadOnlyList<Notification> Inbox() => [.. new Inbox(Store).Read(0, 100).Select(r => r.Notification)];

    public async ValueTask DisposeAsync()
    {
        foreach (var door in _doors)
        {
            door.Dispose();
        }

        await _host.StopAsync();
        await _host.DisposeAsync();
        if (_own is not null)
        {
            Directory.Delete(_own, recursive: true);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, AdapterListenerKind kind) => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
    {
        listen.Protocols = HttpProtocols.Http2;
        AdapterHost.Mark(listen, kind);
    });

    /// <summary>Compiled once; a host that stops does not take it along.</summary>
    private sealed class Shared : IPolicyEngine
    {
        public string Revision => Policy.Revision;

        public ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken) => Policy.DecideAsync(input, cancellationToken);

        public ValueTask<InvolvementVisibility> VisibilityAsync(string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken) =>
            Policy.VisibilityAsync(viewerType, holderType, purpose, shielded, cancellationToken);
    }
}
