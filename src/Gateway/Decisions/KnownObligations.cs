using System.Collections.Frozen;
using Keten.Policy;

namespace Keten.Gateway.Decisions;

/// <summary>
/// The obligations of R21 that this gateway knows how to pass on, and who carries each out. An obligation that is not here denies: nobody would
/// carry it out. A new obligation in the register therefore waits for the version that knows it.
/// </summary>
internal static class KnownObligations
{
    /// <summary>Comes with break-glass: the asking organisation's officers review it within a day.</summary>
    public const string Review = "review-24h";

    /// <summary>Comes with break-glass: the officers of the organisation that was asked are told at once.</summary>
    public const string NotifyTarget = "notify-target-privacy-officer";

    private const string DeleteAfter = "delete-after:";

    private static readonly FrozenDictionary<string, Bearer> Bearers = new Dictionary<string, Bearer>
    {
        // This gateway, by headers on the answer (AnswerLabels).
        ["no-onward-sharing"] = Bearer.Gateway,
        ["no-onward-sharing-outside-case"] = Bearer.Gateway,

        // This gateway, by a notice to the officers that follows from its record (BreakGlassNotices).
        [Review] = Bearer.Gateway,
        [NotifyTarget] = Bearer.Gateway,

        // The target's adapter, told by the permit.
        ["log-disclosure"] = Bearer.Target,
        ["mask-address-if-secret"] = Bearer.Target,

        // The receiver's own organisation, told by the disclosure and the headers.
        ["inform-subject-14d"] = Bearer.Receiver,
        ["inform-subject-28d"] = Bearer.Receiver,
        ["inform-subject-when-safe"] = Bearer.Receiver,
        ["handle-secret-address"] = Bearer.Receiver,
        ["stop-on-consent-withdrawal"] = Bearer.Receiver,
        ["confirm-involvement-180d"] = Bearer.Receiver,
        ["respond-within-1-month"] = Bearer.Receiver,
        ["feedback-to-reporter"] = Bearer.Receiver,
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
    private static bool IsOfBreakGlass(string obligation) => obligation is Review or NotifyTarget;

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
