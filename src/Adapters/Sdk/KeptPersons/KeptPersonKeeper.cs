using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.KeptPersons;

/// <summary>
/// Keeps every copy right: a subscription at its source through the gateway tells that something changed, and the new value is read under the
/// same purpose, so that each value that is kept was decided and logged by both sides when it was read. The subscription's own values are
/// never kept. A refusal ends the copy.
/// </summary>
internal sealed partial class KeptPersonKeeper(
    KeptPersonStore copies, GatewayPersons gateway, KeptPersonWake wake, InboxWake inbox, TimeProvider time, ILogger<KeptPersonKeeper> logger) : BackgroundService
{
    private readonly Dictionary<KeptKey, (CancellationTokenSource Stop, Task Watch)> _watches = [];

    public static KeptKey KeyOf(KeepPersonRequest request) => new(request.ClientId, request.SourceOin, request.Purpose);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var backoff = new Backoff(time);
            while (!stoppingToken.IsCancellationRequested)
            {
                var next = wake.Next;
                try
                {
                    Follow(copies.All(), stoppingToken);
                }
                catch (SqliteException failure)
                {
                    Log.Database(logger, failure);
                    await backoff.WaitAsync(stoppingToken);
                    continue;
                }

                backoff.Reset();
                await next.WaitAsync(stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(_watches.Values.Select(w => w.Watch));
        }
    }

    private void Follow(List<KeptCopy> kept, CancellationToken stoppingToken)
    {
        var wanted = kept.Select(k => k.Key).ToHashSet();
        foreach (var (key, (stop, watch)) in _watches.Where(w => !wanted.Contains(w.Key) || w.Value.Watch.IsCompleted).ToList())
        {
            stop.Cancel();
            _watches.Remove(key);
            watch.ContinueWith(_ => stop.Dispose(), TaskScheduler.Default);
        }

        foreach (var key in wanted.Where(key => !_watches.ContainsKey(key)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            _watches[key] = (stop, WatchAsync(key, stop.Token));
        }
    }

    private async Task WatchAsync(KeptKey key, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        KeptCopy? copy = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                copy = copies.Find(key, time.GetUtcNow());
                if (copy is null)
                {
                    return;
                }

                await foreach (var seen in gateway.WatchAsync(copy.Request, copy.Subject, cancellationToken))
                {
                    backoff.Reset();
                    await RefreshAsync(key, seen, cancellationToken);
                }
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException refused) when (IsRefusal(refused))
            {
                if (copy is not null && await DropAsync(copy, cancellationToken))
                {
                    Log.Refused(logger, key.SourceOin, key.Purpose, ReasonOf(refused));
                    return;
                }
            }
            catch (Exception failure) when (failure is RpcException or SqliteException)
            {
                var reason = failure is RpcException rpc ? ReasonOf(rpc) : "database";
                if (reason != Refusals.SubscriptionEnded.Code)
                {
                    Log.Again(logger, key.SourceOin, key.Purpose, reason, backoff.Attempts + 1);
                }
            }

            try
            {
                await backoff.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RefreshAsync(KeptKey key, Person seen, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (copies.Find(key, now) is not { } before || before.Person.Equals(seen))
        {
            return;
        }

        var after = await gateway.ReadAsync(before.Request, before.Subject, cancellationToken);
        string[] changed = [.. after.DifferencesFrom(before.Person)];
        var told = changed.Length == 0 ? null : Tell("person:" + after.Terms.DecisionId, before, changed);
        if (await copies.ReplaceAsync(before, after, told, now, cancellationToken) && told is not null)
        {
            inbox.Signal();
            Log.Refreshed(logger, key.SourceOin, key.Purpose, changed.Length, after.Terms.DecisionId);
        }
    }

    /// <summary>False when there is another question by now, for which the refusal says nothing.</summary>
    private async Task<bool> DropAsync(KeptCopy copy, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (copies.Find(copy.Key, now) is not { } last || !last.Request.Equals(copy.Request)
            || !await copies.DropAsync(last, Tell("person-gone:" + UuidV7.Create(now), last, []), now, cancellationToken))
        {
            return false;
        }

        inbox.Signal();
        return true;
    }

    private Notification Tell(string id, KeptCopy copy, IEnumerable<string> changed) => new()
    {
        NotificationId = id,
        OccurredAt = time.GetUtcNow().ToTimestamp(),
        Subject = copy.Subject,
        PersonChanged = new PersonChanged { AboutOin = copy.Key.SourceOin, Purpose = copy.Key.Purpose, Fields = { changed } },
    };

    /// <summary>Somebody of the federation said no to the question. What is wrong with one call or its way says nothing about the next.</summary>
    private static bool IsRefusal(RpcException failure) =>
        failure.StatusCode is StatusCode.PermissionDenied or StatusCode.InvalidArgument && failure.Trailers.GetValue(KetenHeaders.Reason) is { } reason
        && !reason.StartsWith("DECISION_", StringComparison.Ordinal);

    private static string ReasonOf(RpcException refused) =>
        refused.Trailers.GetValue(KetenHeaders.Reason) ?? refused.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason ?? refused.StatusCode.ToString();

    private static partial class Log
    {
        [LoggerMessage(5371, LogLevel.Information, "Copy of a person from {Source} for {Purpose} was read anew: {Fields} fields changed (decision {DecisionId})")]
        public static partial void Refreshed(ILogger logger, string source, string purpose, int fields, string decisionId);

        [LoggerMessage(5372, LogLevel.Warning, "Copy of a person from {Source} for {Purpose} ends: {Reason}; it is deleted and the case system is told")]
        public static partial void Refused(ILogger logger, string source, string purpose, string reason);

        [LoggerMessage(5374, LogLevel.Warning, "Copies of persons cannot be read from the adapter's database now; it is tried again")]
        public static partial void Database(ILogger logger, Exception failure);

        [LoggerMessage(5373, LogLevel.Warning, "Copy of a person from {Source} for {Purpose} is not watched now ({Reason}, {Times} times); it is tried again")]
        public static partial void Again(ILogger logger, string source, string purpose, string reason, int times);
    }
}
