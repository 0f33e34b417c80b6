namespace Keten.Adapters.Sdk.Logbook;

/// <summary>How long an organisation keeps its logbook and its disclosures (domain.md section 10).</summary>
internal static class LogbookTerms
{
    /// <summary>Unless set otherwise: five years, for every type.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromDays(1827);

    // Care providers may keep it longer, not shorter (Staatscourant 2019, 38007; NEN 7513).
    private static readonly string[] CareProviders = ["huisarts", "ggz", "ggd"];

    private static readonly TimeSpan LeastOfOthers = TimeSpan.FromDays(365);

    /// <summary>The shortest term that may be set for a type of organisation.</summary>
    public static TimeSpan LeastOf(string organisationType) => CareProviders.Contains(organisationType, StringComparer.Ordinal) ? Default : LeastOfOthers;
}
