using Grpc.Core;
using Grpc.Net.Client;
using Keten.Adapters.Sdk.CaseSystem;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts.Identifiers;
using Keten.TestKit;
using Keten.Protocol.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Events.Tests.Exchange;

/// <summary>An organisation's adapter and its case system, joined by the local API over a real socket.</summary>
public sealed class TheAdapter : IAsyncDisposable
{
    public const string Client = "c1";

    private readonly WebApplication _host;
    private readonly GrpcChannel _channel;

    private TheAdapter(WebApplication host, Oin oin)
    {
        _host = host;
        Oin = oin;
        _channel = GrpcChannel.ForAddress(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        CaseSystem = new CaseSystemService.CaseSystemServiceClient(_channel);
    }

    public Oin Oin { get; }

    public CaseSystemService.CaseSystemServiceClient CaseSystem { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts it; with <paramref name="connected"/> false it never reaches a broker, as after a crash before publishing.</summary>
    public static async Task<TheAdapter> StartAsync(
        EventsOptions events, Oin oin, string type, string directory, string bsn, bool connected = true,
        Action<InvolvementExchangeOptions>? with = null, IClientDirectory? clients = null, TimeProvider? time = null,
        IPseudonymSource? pseudonyms = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(new TestLog(type)).SetMinimumLevel(LogLevel.Debug).AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton<IClientDirectory>(clients ?? new TheClients(new OwnClient(Client, bsn)));
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddSingleton(pseudonyms ?? new HashedPseudonyms());
        builder.Services.AddInvolvementExchange(o =>
        {
            o.DatabasePath = Path.Combine(directory, $"{oin}.db");
            o.Oin = oin.Value;
            o.OrganisationName = $"De {type}";
            o.OrganisationType = type;
            o.ContactDefaults = new ContactDefaults { Desk = "meldpunt", Phone = "010-1234567" };
            o.Events = connected ? events : new EventsOptions { BootstrapServers = "127.0.0.1:1" };
            with?.Invoke(o);
        });
        var host = builder.Build();
        host.MapCaseSystem();
        await host.StartAsync();
        return new TheAdapter(host, oin);
    }

    /// <summary>Reports as the case system does.</summary>
    public async Task<ReportInvolvementResponse> ReportAsync(Change change = Change.Started, Action<ReportInvolvementRequest>? with = null)
    {
        var request = new ReportInvolvementRequest
        {
            ClientId = Client,
            Change = change,
            Purpose = "betrokkenheid-jeugd",
            Actor = "p7",
            ActorRole = "onderzoeker",
            AssertedFacts = Google.Protobuf.ByteString.CopyFromUtf8("""{"subject_age":9,"subject_informed":true,"risk_assessed":true}"""),
        };
        with?.Invoke(request);
        return await CaseSystem.ReportInvolvementAsync(request, deadline: DateTime.UtcNow + Wait.Limit);
    }

    public Task<ReportInvolvementResponse> ReportAsync(Change change, string involvementId) => ReportAsync(change, r => r.InvolvementId = involvementId);

    /// <summary>Opens a stream from a token on.</summary>
    public TheStream Listen(string resumeToken = "") =>
        new(CaseSystem.StreamNotifications(new StreamNotificationsRequest { ResumeToken = resumeToken }));

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _host.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token);
        await _host.DisposeAsync();
    }
}

/// <summary>One open stream of notifications.</summary>
public sealed class TheStream : IDisposable
{
    private readonly AsyncServerStreamingCall<StreamNotificationsResponse> _call;
    private readonly List<StreamNotificationsResponse> _kept = [];

    public TheStream(AsyncServerStreamingCall<StreamNotificationsResponse> call) => _call = call;

    /// <summary>The next notification of this kind; others that come first are kept for later.</summary>
    public async Task<StreamNotificationsResponse> NextAsync(Notification.ContentOneofCase kind)
    {
        var kept = _kept.Find(n => n.Notification.ContentCase == kind);
        if (kept is not null)
        {
            _kept.Remove(kept);
            return kept;
        }

        using var limit = new CancellationTokenSource(Wait.Limit);
        while (await _call.ResponseStream.MoveNext(limit.Token))
        {
            if (_call.ResponseStream.Current.Notification.ContentCase == kind)
            {
                return _call.ResponseStream.Current;
            }

            _kept.Add(_call.ResponseStream.Current);
        }

        throw new InvalidOperationException("The stream ended.");
    }

    /// <summary>What came and was not asked for. That a first match asks for the lead is taken for granted, see <see cref="LeadTests"/>.</summary>
    public IReadOnlyList<StreamNotificationsResponse> Kept =>
        _kept.FindAll(n => n.Notification.ContentCase != Notification.ContentOneofCase.LeadAsked);

    public async Task<Match> MatchAsync() => (await NextAsync(Notification.ContentOneofCase.Match)).Notification.Match;

    public async Task<MatchEnded> MatchEndedAsync() => (await NextAsync(Notification.ContentOneofCase.MatchEnded)).Notification.MatchEnded;

    public async Task<InvolvementReceipt> ReceiptAsync() => (await NextAsync(Notification.ContentOneofCase.Receipt)).Notification.Receipt;

    public void Dispose() => _call.Dispose();
}
