using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Gateway.Involvement;
using Keten.Gateway.Involvement.Delivery;
using Keten.Protocol.V1;

namespace Keten.Gateway.BreakGlass;

/// <summary>Sends notices of break-glass to the privacy officers of the organisations that the obligations on the decision name.</summary>
internal sealed class BreakGlassPost(NotificationSender notifications, Mailboxes mailboxes)
{
    /// <summary>Puts the notices in the mailboxes; a parcel tells when it arrived.</summary>
    /// <param name="decision">The decision that opened data.</param>
    /// <param name="overdue">Told again, because nobody reviewed it in time.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    public async Task<IReadOnlyList<Parcel>> PostAsync(DecisionRecord decision, bool overdue, CancellationToken cancellationToken)
    {
        var posted = new List<Parcel>(2);
        if (decision.Obligations.Contains(ObligationIds.Review24Hours))
        {
            // Who it was stays within the professional's own organisation.
            posted.Add(await PostAsync(decision.Caller, decision, decision.Actor, overdue, cancellationToken));
        }

        if (decision.Obligations.Contains(ObligationIds.NotifyTargetPrivacyOfficer))
        {
            posted.Add(await PostAsync(decision.Target, decision, actor: "", overdue, cancellationToken));
        }

        return posted;
    }

    private Task<Parcel> PostAsync(Party to, DecisionRecord decision, string actor, bool overdue, CancellationToken cancellationToken)
    {
        var receiver = Oin.Parse(to.Oin);
        var about = new InvolvementChanged { Subject = decision.Subject, OccurredAt = decision.DecidedAt, Traceparent = TraceOf(decision) };
        string[] identity = [overdue ? "break-glass-review-overdue" : "break-glass-used", receiver.Value, decision.DecisionId];
        return mailboxes.PostAsync(
            Topics.Notifications(receiver), decision.Subject,
            ct => notifications.SendAsync(receiver, about, Notice(decision, actor, overdue), identity, ct), cancellationToken);
    }

    private static Notification Notice(DecisionRecord decision, string actor, bool overdue) => new()
    {
        BreakGlassUsed = new BreakGlassUsed
        {
            CallerOin = decision.Caller.Oin,
            TargetOin = decision.Target.Oin,
            Purpose = decision.Purpose,
            Category = decision.Category,
            Justification = decision.Justification,
            DecisionId = decision.DecisionId,
            Actor = actor,
            ReviewOverdue = overdue,
        },
    };

    private static string TraceOf(DecisionRecord decision) =>
        decision.TraceId.Length > 0 && decision.SpanId.Length > 0 ? $"00-{decision.TraceId}-{decision.SpanId}-01" : "";
}
