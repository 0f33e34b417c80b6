using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Bench.Rig;

/// <summary>
/// An organisation's own system, as careful as it should be: it repeats a report until its adapter has it, and listens from the token of the
/// last notification it has handled.
/// </summary>
public sealed class RigCaseSystem : IAsyncDisposable
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly GrpcChannel _channel;
    private readonly CaseSystemService.CaseSystemServiceClient _adapter;
    private readonly CancellationTokenSource _stop = new();
    private Task _listening = Task.CompletedTask;

    internal RigCaseSystem(RigOrganisation organisation, string socket)
    {
        (Organisation, Socket) = (organisation, socket);
        _channel = GrpcChannel.ForAddress("http://adapter", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(2),
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var connection = new System.Net.Sockets.Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    try
                    {
                        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                        return new NetworkStream(connection, ownsSocket: true);
                    }
                    catch
                    {
                        connection.Dispose();
                        throw;
                    }
                },
            },
            DisposeHttpClient = true,
        });
        _adapter = new CaseSystemService.CaseSystemServiceClient(_channel);
    }

    public RigOrganisation Organisation { get; }

    /// <summary>The adapter's door for its case system.</summary>
    public string Socket { get; }

    /// <summary>Reports, again and again until the adapter has it.</summary>
    /// <returns>The version it got.</returns>
    /// <exception cref="RpcException">The adapter refuses the report.</exception>
    public async Task<long> ReportAsync(ReportInvolvementRequest report, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return (await _adapter.ReportInvolvementAsync(report, deadline: DateTime.UtcNow + CallLimit, cancellationToken: cancellationToken)).Version;
            }
            catch (RpcException problem) when (IsPassing(problem) && !cancellationToken.IsCancellationRequested)
            {
                await PauseAsync(cancellationToken);
            }
        }
    }

    /// <summary>The pseudonym of one of its own clients.</summary>
    public async Task<Pseudonym> PseudonymAsync(string clientId, CancellationToken cancellationToken) => Pseudonym.Parse(
        (await _adapter.GetPseudonymAsync(new GetPseudonymRequest { ClientId = clientId }, deadline: DateTime.UtcNow + CallLimit, cancellationToken: cancellationToken)).Pseudonym);

    /// <summary>Starts listening, from the beginning; every notification comes once, in order.</summary>
    public void Listen(Action<Notification> heard) => _listening = ListenAsync(heard, _stop.Token);

    /// <summary>The adapter takes calls.</summary>
    internal async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _adapter.GetPseudonymAsync(new GetPseudonymRequest { ClientId = "c0" }, deadline: DateTime.UtcNow.AddSeconds(2), cancellationToken: cancellationToken);
            return true;
        }
        catch (RpcException problem) when (IsPassing(problem))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening;
        _stop.Dispose();
        _channel.Dispose();
    }

    private async Task ListenAsync(Action<Notification> heard, CancellationToken cancellationToken)
    {
        var token = "";
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var stream = _adapter.StreamNotifications(new StreamNotificationsRequest { ResumeToken = token }, cancellationToken: cancellationToken);
                await foreach (var message in stream.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    heard(message.Notification);
                    token = message.ResumeToken;
                }
            }
            catch (Exception problem) when (problem is RpcException or OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException problem) when (IsPassing(problem))
            {
                await PauseAsync(cancellationToken);
            }
        }
    }

    private static async Task PauseAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pause);
        try
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at the token itself.
        }
    }

    // The adapter is gone or going; it will come back.
    private static bool IsPassing(RpcException problem) =>
        problem.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Internal or StatusCode.Unknown or StatusCode.Aborted;
}
