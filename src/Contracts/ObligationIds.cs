namespace Keten.Contracts;

/// <summary>
/// The obligations of the register that this version knows (domain.md section 6, R21): what each asks stands in the register. Gateway and client
/// refuse any other, because nobody would carry it out.
/// </summary>
public static class ObligationIds
{
    public const string ConfirmInvolvement = "confirm-involvement-180d";

    /// <summary>The one with a parameter: <c>delete-after:365d</c>.</summary>
    public const string DeleteAfter = "delete-after";

    public const string FeedbackToReporter = "feedback-to-reporter";
    public const string HandleSecretAddress = "handle-secret-address";
    public const string InformSubject14Days = "inform-subject-14d";
    public const string InformSubject28Days = "inform-subject-28d";
    public const string InformSubjectWhenSafe = "inform-subject-when-safe";
    public const string LogDisclosure = "log-disclosure";
    public const string MaskAddressIfSecret = "mask-address-if-secret";
    public const string NoOnwardSharing = "no-onward-sharing";
    public const string NoOnwardSharingOutsideCase = "no-onward-sharing-outside-case";
    public const string NotifyTargetPrivacyOfficer = "notify-target-privacy-officer";
    public const string RespondWithin1Month = "respond-within-1-month";
    public const string Review24Hours = "review-24h";
    public const string StopOnConsentWithdrawal = "stop-on-consent-withdrawal";

    /// <summary>Every id, without parameters.</summary>
    public static IReadOnlyCollection<string> All { get; } =
    [
        ConfirmInvolvement, DeleteAfter, FeedbackToReporter, HandleSecretAddress, InformSubject14Days, InformSubject28Days, InformSubjectWhenSafe,
        LogDisclosure, MaskAddressIfSecret, NoOnwardSharing, NoOnwardSharingOutsideCase, NotifyTargetPrivacyOfficer, RespondWithin1Month, Review24Hours,
        StopOnConsentWithdrawal,
    ];

    /// <summary>The id without its parameter: <c>delete-after:365d</c> is <c>delete-after</c>.</summary>
    public static string IdOf(string obligation)
    {
        ArgumentNullException.ThrowIfNull(obligation);
        return obligation.Split(':')[0];
    }
}
