using System.Collections.Frozen;
using Keten.Contracts;
using Keten.Policy;

namespace Keten.Gateway.Decisions;

/// <summary>
/// The obligations of R21 that this gateway knows how to pass on, and who carries each out. An obligation that is not here denies: nobody would
/// carry it out. A new obligation in the register therefore waits for the version that knows it.
/// </summary>
internal static class KnownObligations
{
    private const string DeleteAfter = ObligationIds.DeleteAfter + ":";

    private static readonly FrozenDictionary<string, Bearer> Bearers = new Dictionary<string, Bearer>
    {
        // This gateway, by headers on the answer (AnswerLabels).
        [ObligationIds.NoOnwardSharing] = Bearer.Gateway,
        [ObligationIds.NoOnwardSharingOutsideCase] = Bearer.Gateway,

        // This gateway, by a notice to the officers that follows from its record (BreakGlassNotices).
        [ObligationIds.Review24Hours] = Bearer.Gateway,
        [ObligationIds.NotifyTargetPrivacyOfficer] = Bearer.Gateway,

        // The target's adapter, told by the permit.
        [ObligationIds.LogDisclosure] = Bearer.Target,
        [ObligationIds.MaskAddressIfSecret] = Bearer.Target,

        // The receiver's own organisation, told by the disclosure and the headers.
        [ObligationIds.InformSubject14Days] = Bearer.Receiver,
        [ObligationIds.InformSubject28Days] = Bearer.Receiver,
        [ObligationIds.InformSubjectWhenSafe] = Bearer.Receiver,
        [ObligationIds.HandleSecretAddress] = Bearer.Receiver,
        [ObligationIds.StopOnConsentWithdrawal] = Bearer.Receiver,
        [ObligationIds.ConfirmInvolvement] = Bearer.Receiver,
        [ObligationIds.RespondWithin1Month] = Bearer.Receiver,
        [ObligationIds.FeedbackToReporter] = Bearer.Receiver,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The first that nobody would carry out; null when all are known.</summary>
    public static string? FirstUnknown(PolicyDecision decision)
    {
        foreach (var obligation in decision.Obligations)
        {
            if (!IsKnown(obligation) || (IsOfBreakGlass(obligation) && !decision.BreakGlass))
            {
                return obligation;
            }
        }

        return null;
    }

    /// <summary>Its id is in the list above, or it is <c>delete-after:&lt;days&gt;d</c>, which the answer's retention header carries.</summary>
    public static bool IsKnown(string obligation) => Bearers.ContainsKey(obligation) || IsDeleteAfter(obligation);

    // What is sent for it says that break-glass was used; without it there is nothing to send.
    private static bool IsOfBreakGlass(string obligation) => obligation is ObligationIds.Review24Hours or ObligationIds.NotifyTargetPrivacyOfficer;

    private static bool IsDeleteAfter(string obligation) =>
        obligation.StartsWith(DeleteAfter, StringComparison.Ordinal) && obligation.EndsWith('d')
        && int.TryParse(obligation.AsSpan(DeleteAfter.Length, obligation.Length - DeleteAfter.Length - 1), System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out _);

    /// <summary>Who sees to it.</summary>
    private enum Bearer
    {
        Gateway,
        Target,
        Receiver,
    }
}
