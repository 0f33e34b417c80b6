using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Involvement;
using Keten.Protocol.V1;
using Google.Protobuf.WellKnownTypes;

namespace Keten.Adapters.Sdk.Services;

/// <summary>What others hand over goes into the inbox, the one place the organisation's own system hears things from. Durable when it returns.</summary>
internal sealed class Deliveries(Inbox inbox, TimeProvider time)
{
    public Task KeepAsync(VerifiedCall call, Delivery delivery, CancellationToken cancellationToken)
    {
        delivery.FromOin = call.Permit.Caller.Oin;
        delivery.Purpose = call.Permit.Purpose;
        delivery.DecisionId = call.Permit.DecisionId;
        return inbox.AddAsync(
            new Notification
            {
                NotificationId = "delivery:" + call.Permit.DecisionId,
                OccurredAt = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
                Subject = call.Permit.Subject,
                Delivery = delivery,
            },
            cancellationToken);
    }
}
