using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Involvement;

/// <summary>Sends notifications to participants. The id is derived from what a notification is about, so that a repeat has the same id.</summary>
internal sealed class NotificationSender(
    EventProducer producer, InvolvementMetrics metrics, IOptions<InvolvementOptions> options, TimeProvider time)
{
    /// <summary>What was decided on a report.</summary>
    public Task<bool> ReceiptAsync(Oin receiver, InvolvementChanged about, InvolvementReceipt receipt, CancellationToken cancellationToken) =>
        SendAsync(
            receiver, about, new Notification { Receipt = receipt },
            ["receipt", receiver.Value, receipt.InvolvementId, $"{receipt.Version}", receipt.Accepted ? "accepted" : "refused", receipt.ReasonCode],
            cancellationToken);

    /// <summary>Sends to the receiver's topic; completes when it is there.</summary>
    /// <param name="receiver">Who is told.</param>
    /// <param name="about">The event that caused it: its person, time and trace.</param>
    /// <param name="notification">Content only; the rest is filled in here.</param>
    /// <param name="identity">
    /// Words that together tell this notification from all others; the first is its kind. Without the pseudonym, for an involvement that counts
    /// under two tells everything twice.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> SendAsync(
        Oin receiver, InvolvementChanged about, Notification notification, IReadOnlyList<string> identity, CancellationToken cancellationToken)
    {
        notification.NotificationId = IdOf(identity);
        notification.OccurredAt = about.OccurredAt ?? time.GetUtcNow().ToTimestamp();
        notification.Subject = about.Subject;
        notification.Traceparent = about.Traceparent;
        await producer.SendAsync(
            Topics.Notifications(receiver), about.Subject, about.Subject, notification,
            new CloudEvent(notification.NotificationId, options.Value.Source, EventTypes.Notification, time.GetUtcNow(), about.Traceparent),
            cancellationToken);
        metrics.Notified(identity[0]);
        return true;
    }

    // None of the words can hold a line feed: ids, OINs and codes are checked before.
    private static string IdOf(IEnumerable<string> identity) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', identity))).AsSpan(0, 16));
}
