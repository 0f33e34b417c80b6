using Keten.Adapters.Sdk.Storage;

namespace Keten.Adapters.Sdk.Services;

/// <summary>Whom the organisation reported an involvement with that nobody may learn of (rule M4).</summary>
internal sealed class ShieldedPersons(AdapterStore store)
{
    /// <summary>True when any involvement with this person was reported shielded, ended ones included: that there was one is the secret.</summary>
    public bool Contains(string pseudonym)
    {
        using var connection = store.OpenConnection();
        return connection.Query(
            "SELECT 1 FROM involvement WHERE subject = $subject AND shielded = 1 LIMIT 1", row => row.GetInt32(0), ("$subject", pseudonym)).Count > 0;
    }
}
