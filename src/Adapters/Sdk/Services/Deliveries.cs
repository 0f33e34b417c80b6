using Google.Protobuf.WellKnownTypes;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Storage;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Services;

/// <summary>What others hand over goes into the inbox, the one place the organisation's own system hears things from. Durable when it returns.</summary>
internal sealed class Deliveries(AdapterStore store, InboxWake wake, TimeProvider time)
{
    public async Task KeepAsync(VerifiedCall call, Delivery delivery, CancellationToken cancellationToken)
    {
        delivery.FromOin = call.Permit.Caller.Oin;
        delivery.Purpose = call.Permit.Purpose;
        delivery.DecisionId = call.Permit.DecisionId;
        var now = time.GetUtcNow();
        var notification = new Notification
        {
            NotificationId = "delivery:" + call.Permit.DecisionId,
            OccurredAt = Timestamp.FromDateTimeOffset(now),
            Subject = call.Permit.Subject,
            Delivery = delivery,
        };
        await store.WriteAsync(transaction => Inbox.Add(transaction, notification, now), cancellationToken);
        wake.Signal();
    }
}
