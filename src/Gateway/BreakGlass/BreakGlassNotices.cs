using System.Text;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.DecisionLog;
using Keten.Gateway.Following;
using Keten.Gateway.Decisions;
using Keten.Gateway.Involvement;
using Keten.Gateway.Involvement.Delivery;
using Keten.Protocol.V1;

namespace Keten.Gateway.BreakGlass;

/// <summary>
/// Carries out <c>review-24h</c> and <c>notify-target-privacy-officer</c> (R21; domain.md section 9): break-glass opened data, so the privacy
/// officers of both sides are told at once. It follows the decision log, so that the call does not wait for it and no crash loses it.
/// </summary>
internal sealed class BreakGlassNotices(NotificationSender notifications, Mailboxes mailboxes) : IDecisionLogSubscriber
{
    private static readonly Task<bool> None = Task.FromResult(true);
    private static readonly byte[] ReviewText = Encoding.UTF8.GetBytes(ObligationIds.Review24Hours);
    private static readonly byte[] NotifyTargetText = Encoding.UTF8.GetBytes(ObligationIds.NotifyTargetPrivacyOfficer);

    /// <inheritdoc/>
    public string Name => "break-glass";

    /// <inheritdoc/>
    public async ValueTask<Task<bool>> TakeAsync(DurableRecord record, CancellationToken cancellationToken)
    {
        if (!record.MayHold(ReviewText) && !record.MayHold(NotifyTargetText))
        {
            return None;
        }

        return record.Read().Decision is { } decision && OpenedData(decision) ? await PostAsync(decision, cancellationToken) : None;
    }

    // A question beforehand (AuthZEN) is answered in the same words, and opens nothing.
    private static bool OpenedData(DecisionRecord decision) =>
        decision is { Allowed: true, BreakGlass: true, EnforcementPoint: DecisionRecorder.EnforcementPoint };

    private async Task<Task<bool>> PostAsync(DecisionRecord decision, CancellationToken cancellationToken)
    {
        var posted = new List<Parcel>(2);
        if (decision.Obligations.Contains(ObligationIds.Review24Hours))
        {
            // Who it was stays within the professional's own organisation.
            posted.Add(await PostAsync(decision.Caller, decision, decision.Actor, cancellationToken));
        }

        if (decision.Obligations.Contains(ObligationIds.NotifyTargetPrivacyOfficer))
        {
            posted.Add(await PostAsync(decision.Target, decision, actor: "", cancellationToken));
        }

        return AllArrivedAsync(posted);
    }

    private Task<Parcel> PostAsync(Party to, DecisionRecord decision, string actor, CancellationToken cancellationToken)
    {
        var receiver = Oin.Parse(to.Oin);
        var about = new InvolvementChanged { Subject = decision.Subject, OccurredAt = decision.DecidedAt, Traceparent = TraceOf(decision) };
        string[] identity = ["break-glass-used", receiver.Value, decision.DecisionId];
        return mailboxes.PostAsync(
            Topics.Notifications(receiver), decision.Subject,
            ct => notifications.SendAsync(receiver, about, Notice(decision, actor), identity, ct), cancellationToken);
    }

    private static Notification Notice(DecisionRecord decision, string actor) => new()
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
        },
    };

    private static string TraceOf(DecisionRecord decision) =>
        decision.TraceId.Length > 0 && decision.SpanId.Length > 0 ? $"00-{decision.TraceId}-{decision.SpanId}-01" : "";

    private static async Task<bool> AllArrivedAsync(IEnumerable<Parcel> posted)
    {
        var arrived = await Task.WhenAll(posted.Select(parcel => parcel.Arrived));
        return !arrived.Contains(false);
    }
}
