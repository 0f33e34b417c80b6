using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>The index's tables.</summary>
internal sealed class PseudonymRows(AdapterStore store, bool keepFingerprints)
{
    private const string PseudonymsOfClient = "SELECT pseudonym FROM pseudonym_index WHERE client_id = $client";
    private const string KeyOfRow = "substr(pseudonym, 1, instr(pseudonym, '.') - 1)";

    public string? ClientOf(Pseudonym pseudonym)
    {
        using var connection = store.OpenConnection();
        return connection.Query(
            "SELECT client_id FROM pseudonym_index WHERE pseudonym = $pseudonym ORDER BY client_id LIMIT 1", r => r.GetString(0),
            ("$pseudonym", pseudonym.Value)) is [var found] ? found : null;
    }

    public IReadOnlyList<Pseudonym> Of(string clientId)
    {
        using var connection = store.OpenConnection();
        return connection.Query(PseudonymsOfClient, r => Pseudonym.Parse(r.GetString(0)), ("$client", clientId));
    }

    public static IReadOnlyList<Pseudonym> Of(SqliteTransaction transaction, string clientId) =>
        transaction.Query(PseudonymsOfClient, r => Pseudonym.Parse(r.GetString(0)), ("$client", clientId));

    /// <summary>Clients whose number is known unchanged if it still gives this fingerprint, with the keys they were evaluated under.</summary>
    public IReadOnlyList<(string ClientId, long Fingerprint, string KeyId)> Known()
    {
        if (!keepFingerprints)
        {
            return [];
        }

        using var connection = store.OpenConnection();
        return connection.Query(
            $"SELECT f.client_id, f.fingerprint, {KeyOfRow} FROM pseudonym_fingerprint f JOIN pseudonym_index i ON i.client_id = f.client_id",
            r => (r.GetString(0), r.GetInt64(1), r.GetString(2)));
    }

    /// <summary>Puts pseudonyms of one key in the place of what these clients had under it; of a corrected number also what it had under others.</summary>
    public Task SaveAsync(IReadOnlyList<(string ClientId, long Fingerprint, bool Corrected, Pseudonym Pseudonym)> rows, CancellationToken cancellationToken) =>
        store.WriteAsync(transaction =>
        {
            foreach (var (clientId, fingerprint, corrected, pseudonym) in rows)
            {
                Save(transaction, clientId, corrected, pseudonym);
                if (keepFingerprints)
                {
                    transaction.Execute(
                        "INSERT INTO pseudonym_fingerprint (client_id, fingerprint) VALUES ($client, $fingerprint) ON CONFLICT (client_id) DO UPDATE SET fingerprint = $fingerprint",
                        ("$client", clientId), ("$fingerprint", fingerprint));
                }
            }

            return rows.Count;
        }, cancellationToken);

    /// <summary>Forgets every client that was not seen. Returns which.</summary>
    public async Task<IReadOnlyList<string>> KeepAsync(HashSet<string> seen, CancellationToken cancellationToken)
    {
        List<string> gone;
        using (var connection = store.OpenConnection())
        {
            gone = [.. connection.Query("SELECT DISTINCT client_id FROM pseudonym_index", r => r.GetString(0)).Where(id => !seen.Contains(id))];
        }

        if (gone.Count > 0)
        {
            await store.WriteAsync(transaction => gone.Sum(id =>
                transaction.Execute("DELETE FROM pseudonym_index WHERE client_id = $client", ("$client", id))
                + transaction.Execute("DELETE FROM pseudonym_fingerprint WHERE client_id = $client", ("$client", id))), cancellationToken);
        }

        return gone;
    }

    /// <summary>Forgets pseudonyms of keys that are no longer in use.</summary>
    public Task DropOtherKeysAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) => store.WriteAsync(transaction =>
    {
        var ended = transaction.Query($"SELECT DISTINCT {KeyOfRow} FROM pseudonym_index", r => r.GetString(0)).Except(keys, StringComparer.Ordinal).ToList();
        return ended.Sum(key => transaction.Execute($"DELETE FROM pseudonym_index WHERE {KeyOfRow} = $key", ("$key", key)));
    }, cancellationToken);

    private static void Save(SqliteTransaction transaction, string clientId, bool corrected, Pseudonym pseudonym)
    {
        var key = corrected ? "" : pseudonym.Value[..pseudonym.Value.IndexOf('.', StringComparison.Ordinal)];
        transaction.Execute(
            $"DELETE FROM pseudonym_index WHERE client_id = $client AND pseudonym <> $pseudonym AND ($key = '' OR {KeyOfRow} = $key)",
            ("$client", clientId), ("$pseudonym", pseudonym.Value), ("$key", key));
        transaction.Execute(
            "INSERT INTO pseudonym_index (pseudonym, client_id) VALUES ($pseudonym, $client) ON CONFLICT DO NOTHING",
            ("$client", clientId), ("$pseudonym", pseudonym.Value));
    }
}
