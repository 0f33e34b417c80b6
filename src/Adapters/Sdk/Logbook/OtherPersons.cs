using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>Whom an answer tells of beside the person of the call: each is a line of the logbook of its own.</summary>
internal static class OtherPersons
{
    /// <summary>Their pseudonyms, once each, as far as the answer, masked as it leaves, has them.</summary>
    public static IReadOnlyList<string> In(object answer, string subject) => answer switch
    {
        GetHouseholdResponse household => Of(household.Relations, subject),
        WatchHouseholdResponse household => Of(household.Relations, subject),
        _ => [],
    };

    private static List<string> Of(IEnumerable<HouseholdRelation> relations, string subject) =>
        [.. relations.Select(r => r.RelatedPerson).Where(p => p != subject && Pseudonym.TryParse(p, out _)).Distinct(StringComparer.Ordinal)];
}
