using System.Text;
using Keten.Contracts;
using Keten.DecisionLog;
using Keten.Gateway.Following;
using Keten.Gateway.Decisions;
using Keten.Gateway.Involvement.Delivery;
using Keten.Protocol.V1;

namespace Keten.Gateway.BreakGlass;

/// <summary>
/// Carries out <c>review-24h</c> and <c>notify-target-privacy-officer</c> (R21; domain.md section 9): break-glass opened data, so the privacy
/// officers of both sides are told at once. It follows the decision log, so that the call does not wait for it and no crash loses it.
/// </summary>
internal sealed class BreakGlassNotices(BreakGlassPost post) : IDecisionLogSubscriber
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

        return record.Read().Decision is { } decision && OpenedData(decision)
            ? AllArrivedAsync(await post.PostAsync(decision, overdue: false, cancellationToken)) : None;
    }

    // A question beforehand (AuthZEN) is answered in the same words, and opens nothing.
    private static bool OpenedData(DecisionRecord decision) =>
        decision is { Allowed: true, BreakGlass: true, EnforcementPoint: DecisionRecorder.EnforcementPoint };

    private static async Task<bool> AllArrivedAsync(IEnumerable<Parcel> posted)
    {
        var arrived = await Task.WhenAll(posted.Select(parcel => parcel.Arrived));
        return !arrived.Contains(false);
    }
}
