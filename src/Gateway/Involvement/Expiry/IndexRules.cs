using Keten.Contracts.Catalogue;
using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement.Expiry;

/// <summary>Where the two indexes end by themselves (M6, domain.md section 7).</summary>
internal static class IndexRules
{
    private const string Youth = "betrokkenheid-jeugd";
    private const string Adult = "betrokkenheid-volwassenen";

    // First age that is not in the youth index: the register's age.max of that purpose, and one.
    private const int YouthEnds = 23;

    /// <summary>
    /// The day on which the person has surely reached the age at which the index stops; null without such an age. Only whole years are reported,
    /// so that it may be up to a year late: too early would end what the law still allows. Every report tells the age anew.
    /// </summary>
    public static DateOnly? AgeLimitOn(string purpose, CaseFacts facts, DateOnly today) =>
        purpose == Youth && facts.SubjectAge is { } age ? today.AddYears(Math.Max(0, YouthEnds - age)) : null;

    /// <summary>The facts say that the person is too old for this index.</summary>
    public static bool IsTooOld(string purpose, CaseFacts facts) => purpose == Youth && facts.SubjectAge >= YouthEnds;

    /// <summary>The facts say that consent is no more: refused and withdrawn are the same (domain.md section 6).</summary>
    public static bool IsConsentWithdrawn(string purpose, CaseFacts facts) => purpose == Adult && facts.Consent is "withdrawn" or "refused";

    /// <summary>Today, as a day of the view.</summary>
    public static ushort Today(TimeProvider time) => PackedDay.Of(time.GetUtcNow());
}
