using System.Diagnostics.Metrics;
using Keten.Adapters.Sdk.Webhook;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>What an operator watches on an adapter: meter <c>Keten.Adapter</c>. What waits is counted in the database when it is asked.</summary>
internal sealed class AdapterMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _webhook;
    private readonly Counter<long> _subscriptions;
    private long _toMove;

    public AdapterMetrics(IMeterFactory meters, Outbox outbox, Inbox inbox, WebhookQueue webhook, TimeProvider time)
    {
        _meter = meters.Create("Keten.Adapter");
        _dropped = _meter.CreateCounter<long>("keten.adapter.inbox.dropped", "{notification}", "Notifications without effect, by `reason`: seen (a duplicate), erased (of an involvement that was erased here).");
        _webhook = _meter.CreateCounter<long>("keten.adapter.webhook.deliveries", "{delivery}", "Attempts to deliver a notification to the webhook, by `outcome`: delivered, rejected, failed, gone.");
        _subscriptions = _meter.CreateCounter<long>("keten.adapter.fhir.subscription.deliveries", "{delivery}", "Attempts to tell a FHIR Subscription that there is something, by `outcome` as the webhook's.");
        _meter.CreateObservableGauge("keten.adapter.outbox.depth", () => Look(outbox.Count), "{event}", "Events that are committed and not yet with the broker.");
        _meter.CreateObservableGauge("keten.adapter.outbox.age", () => Look(() => Age(outbox.OldestAt(), time)), "s", "Age of the oldest event in the outbox; 0 when there is none.");
        _meter.CreateObservableGauge("keten.adapter.inbox.unacknowledged", () => Look(inbox.CountUnacknowledged), "{notification}", "Notifications that the case system has not acknowledged.");
        _meter.CreateObservableGauge("keten.adapter.inbox.set_aside", () => Look(inbox.CountRefused), "{record}", "Records of the notifications topic that nobody could use, kept for people.");
        _meter.CreateObservableGauge("keten.adapter.webhook.waiting", () => Look(webhook.Count), "{notification}", "Notifications that the webhook has yet to take; 0 without a webhook.");
        _meter.CreateObservableGauge("keten.adapter.involvements.to_move", () => Volatile.Read(ref _toMove), "{involvement}", "Involvements that do not count under the keys in use yet (rotation): the old key may go when no adapter has any.");
    }

    public void SetToMove(long count) => Volatile.Write(ref _toMove, count);

    public void CountWebhook(string outcome) => _webhook.Add(1, KeyValuePair.Create<string, object?>("outcome", outcome));

    public void CountSubscription(string outcome) => _subscriptions.Add(1, KeyValuePair.Create<string, object?>("outcome", outcome));

    public void CountDropped(InboxEffect effect, int count)
    {
        if (count > 0)
        {
            _dropped.Add(count, KeyValuePair.Create<string, object?>("reason", effect == InboxEffect.Seen ? "seen" : "erased"));
        }
    }

    /// <summary>Shows how far the inbox is behind the topic.</summary>
    public void WatchInbox(Func<long> lag) =>
        _meter.CreateObservableGauge("keten.adapter.inbox.lag", lag, "{record}", "Records of the notifications topic that were not read yet, as far as the client knows.");

    public void Dispose() => _meter.Dispose();

    private static double Age(DateTimeOffset? oldest, TimeProvider time) => oldest is { } at ? Math.Max(0, (time.GetUtcNow() - at).TotalSeconds) : 0;

    private static IEnumerable<Measurement<T>> Look<T>(Func<T> count)
        where T : struct
    {
        try
        {
            return [new(count())];
        }
        catch (SqliteException)
        {
            // No value says it: the database cannot be read. Outbox and inbox log it (5301, 5311).
            return [];
        }
    }
}
