using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Grpc.Core;
using Grpc.Net.Client;
using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Protocol.V1;

namespace Keten.Demo;

/// <summary>
/// An organisation's own case-management system, as far as the chain sees it: asks others through the gateway, reports to its own adapter, and hears
/// notifications from it. Knows nobody but its own clients.
/// </summary>
public sealed class CaseManagementSystem : IAsyncDisposable
{
    private readonly GrpcChannel _local;
    private readonly CaseSystemService.CaseSystemServiceClient _adapter;
    private readonly IPseudonymSource _pseudonyms;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Notification> _heard = Channel.CreateUnbounded<Notification>();
    private Task _listening = Task.CompletedTask;

    private CaseManagementSystem(ScenarioParticipant participant, KetenClient gateway, GrpcChannel local, IPseudonymSource pseudonyms, string adapterDatabase, string sourceDatabase)
    {
        Participant = participant;
        Gateway = gateway;
        _local = local;
        _adapter = new CaseSystemService.CaseSystemServiceClient(local);
        _pseudonyms = pseudonyms;
        AdapterDatabase = adapterDatabase;
        SourceDatabase = sourceDatabase;
    }

    public ScenarioParticipant Participant { get; }

    /// <summary>To ask others.</summary>
    public KetenClient Gateway { get; }

    /// <summary>The adapter's own database, with the organisation's disclosure log.</summary>
    public string AdapterDatabase { get; }

    /// <summary>The organisation's own database, in its own layout.</summary>
    public string SourceDatabase { get; }

    /// <summary>What the adapter passed on.</summary>
    public ChannelReader<Notification> Heard => _heard.Reader;

    internal static CaseManagementSystem Connect(
        ScenarioParticipant participant, Uri gateway, Uri adapter, string trustAnchors, string revocationList, string certificate, string key,
        IPseudonymSource pseudonyms, string adapterDatabase, string sourceDatabase, TimeProvider clock)
    {
        var oin = Oin.Parse(participant.Oin);
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPemFile(trustAnchors);
        var client = new KetenClient(new KetenClientOptions
        {
            Gateway = gateway,
            GatewayOin = Federation.GatewayOin,
            TrustAnchors = anchors,
            Certificate = X509Certificate2.CreateFromPemFile(certificate, key),
        });
        var local = GrpcChannel.ForAddress(adapter, new GrpcChannelOptions
        {
            HttpHandler = FederationCredentials.Load(trustAnchors, revocationList, certificate, key, clock).CreateHandler(oin), DisposeHttpClient = true,
        });
        var system = new CaseManagementSystem(participant, client, local, pseudonyms, adapterDatabase, sourceDatabase);
        system._listening = system.ListenAsync(system._stop.Token);
        return system;
    }

    /// <summary>
    /// The pseudonym to ask about. Of an own client the adapter gives it; of somebody else it came with the case, as it does for an organisation that
    /// may not process BSNs.
    /// </summary>
    public async Task<Pseudonym> PseudonymOfAsync(ScenarioPerson person, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetPseudonymRequest { ClientId = SourceData.ClientId(Participant.Ref, person.Ref) };
            return Pseudonym.Parse((await _adapter.GetPseudonymAsync(request, cancellationToken: cancellationToken)).Pseudonym);
        }
        catch (RpcException unknown) when (unknown.StatusCode == StatusCode.NotFound)
        {
            return (await _pseudonyms.EvaluateAsync([person.Bsn], cancellationToken))[0];
        }
    }

    /// <summary>One action in the own system, one event out.</summary>
    public async Task<ReportInvolvementResponse> ReportAsync(ReportInvolvementRequest report, CancellationToken cancellationToken) =>
        await _adapter.ReportInvolvementAsync(report, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening;
        _stop.Dispose();
        Gateway.Dispose();
        _local.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var stream = _adapter.StreamNotifications(new StreamNotificationsRequest(), cancellationToken: cancellationToken);
            await foreach (var message in stream.ResponseStream.ReadAllAsync(cancellationToken))
            {
                await _heard.Writer.WriteAsync(message.Notification, cancellationToken);
                await _adapter.AcknowledgeNotificationsAsync(
                    new AcknowledgeNotificationsRequest { ResumeToken = message.ResumeToken }, cancellationToken: cancellationToken);
            }
        }
        catch (Exception problem) when (cancellationToken.IsCancellationRequested && problem is RpcException or OperationCanceledException)
        {
            _heard.Writer.TryComplete();
        }
        catch (RpcException problem)
        {
            // Whoever waits for a notification hears why none will come.
            _heard.Writer.TryComplete(problem);
        }
    }
}
