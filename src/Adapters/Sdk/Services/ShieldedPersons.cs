using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Storage;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.Services;

/// <summary>Whom the organisation reported an involvement with that nobody may learn of (rule M4).</summary>
internal sealed class ShieldedPersons(AdapterStore store)
{
    /// <summary>True when any involvement with this person was reported shielded, ended ones included: that there was one is the secret.</summary>
    public bool Contains(string pseudonym)
    {
        using var connection = store.OpenConnection();
        return Contains(connection, pseudonym);
    }

    // By the client as well: asked under a key that the involvement was not moved to yet, it is as much a secret.
    /// <inheritdoc cref="Contains(string)"/>
    public static bool Contains(SqliteConnection connection, string pseudonym) => connection.Query(
        $"""
        SELECT 1 FROM involvement WHERE shielded = 1 AND ({Subjects.Condition}
            OR client_id IN (SELECT client_id FROM pseudonym_index WHERE pseudonym = $subject)) LIMIT 1
        """, row => row.GetInt32(0), ("$subject", pseudonym)).Count > 0;
}
