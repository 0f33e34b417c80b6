using System.Collections.Frozen;

namespace Keten.Pseudonyms.Evaluation;

/// <summary>Types of organisation with a statutory ground to process the BSN (domain.md, section 1; a test compares it with the policy's register).</summary>
internal static class BsnEntitlement
{
    public static FrozenSet<string> Types { get; } = FrozenSet.Create(
        StringComparer.Ordinal, "gemeente", "wijkteam", "veilig-thuis", "raad", "gecertificeerde-instelling", "politie", "openbaar-ministerie", "ggd", "huisarts",
        "ggz", "maatschappelijk-werk", "schuldhulp", "onderwijs", "inwoner-portaal");
}
