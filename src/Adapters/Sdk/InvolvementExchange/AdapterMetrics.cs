using System.Diagnostics.Metrics;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>What an operator watches on an adapter: meter <c>Keten.Adapter</c>.</summary>
internal sealed class AdapterMetrics
{
    private readonly Counter<long> _webhook;
    private long _unacknowledged;
    private long _toMove;

    public AdapterMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Keten.Adapter");
        _webhook = meter.CreateCounter<long>(
            "keten.adapter.webhook.deliveries", "{delivery}", "Attempts to deliver a notification to the webhook, by outcome: delivered, rejected, failed, gone.");
        meter.CreateObservableGauge(
            "keten.adapter.inbox.unacknowledged", () => Volatile.Read(ref _unacknowledged), "{notification}",
            "Notifications that the case system has not acknowledged, counted once an hour.");
        meter.CreateObservableGauge(
            "keten.adapter.involvements.to_move", () => Volatile.Read(ref _toMove), "{involvement}",
            "Involvements that do not count under the keys in use yet (rotation): the old key may go when no adapter has any.");
    }

    public void SetToMove(long count) => Volatile.Write(ref _toMove, count);

    public void CountWebhook(string outcome) => _webhook.Add(1, KeyValuePair.Create<string, object?>("outcome", outcome));

    public void SetUnacknowledged(long count) => Volatile.Write(ref _unacknowledged, count);
}
