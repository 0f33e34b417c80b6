namespace Keten.Client;

/// <summary>The obligations of the register this version knows (domain.md section 6, R21). What each asks of the receiver stands there.</summary>
public static class KnownObligations
{
    public static IReadOnlyCollection<string> All { get; } =
    [
        "confirm-involvement-180d", "delete-after", "feedback-to-reporter", "handle-secret-address", "inform-subject-14d", "inform-subject-28d",
        "inform-subject-when-safe", "log-disclosure", "mask-address-if-secret", "no-onward-sharing", "no-onward-sharing-outside-case",
        "notify-target-privacy-officer", "respond-within-1-month", "review-24h", "stop-on-consent-withdrawal",
    ];

    /// <summary>The id without its parameter: <c>delete-after:365d</c> is <c>delete-after</c>.</summary>
    public static string IdOf(string obligation) => obligation.Split(':')[0];
}
