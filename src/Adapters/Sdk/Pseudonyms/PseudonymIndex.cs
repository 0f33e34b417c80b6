using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>
/// Which of the organisation's own clients a pseudonym is, and the other way round. Kept in the adapter's database, so that it answers at once
/// after a restart; filled again from <see cref="IClientDirectory"/> at start, on a timer and on a miss. No BSN, nor anything made from one but
/// the pseudonym, is written to disk.
/// </summary>
public sealed partial class PseudonymIndex(
    AdapterStore store, IClientDirectory clients, IPseudonymSource pseudonyms, IOptions<InvolvementExchangeOptions> options, TimeProvider time,
    ILogger<PseudonymIndex> logger) : IDisposable
{
    private const int BatchSize = 1_000;

    // Tells an unchanged number from a corrected one without keeping the number; worthless outside this process.
    private readonly byte[] _fingerprintKey = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, ulong> _fingerprints = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private long? _lastRead;

    /// <summary>The organisation's own id of the person; null when it does not know them. A miss may read the directory again.</summary>
    /// <exception cref="Exception">What the directory or the pseudonym source throws when it does not answer.</exception>
    public async Task<string?> FindClientAsync(Pseudonym pseudonym, CancellationToken cancellationToken) =>
        Find(pseudonym) ?? (await ReadAgainAsync(cancellationToken) ? Find(pseudonym) : null);

    /// <summary>The federation's pseudonym of a client; null when there is no such client, or none with a valid BSN.</summary>
    /// <exception cref="Exception">What the directory or the pseudonym source throws when it does not answer.</exception>
    public async Task<Pseudonym?> PseudonymOfAsync(string clientId, CancellationToken cancellationToken)
    {
        // Read now, not from the index: a corrected BSN is another person.
        if (await clients.FindAsync(clientId, cancellationToken) is not { } client || !Bsn.IsValid(client.Bsn))
        {
            return null;
        }

        if (!IsUnchanged(client))
        {
            await EvaluateAsync([client], cancellationToken);
        }

        using var connection = store.OpenConnection();
        return connection.Query("SELECT pseudonym FROM pseudonym_index WHERE client_id = $client", r => Pseudonym.Parse(r.GetString(0)), ("$client", clientId))
            is [var found, ..] ? found : null;
    }

    /// <summary>What the index holds of a client, within a transaction; null when it holds none.</summary>
    internal static Pseudonym? Find(SqliteTransaction transaction, string clientId) =>
        transaction.Scalar<string>("SELECT pseudonym FROM pseudonym_index WHERE client_id = $client LIMIT 1", ("$client", clientId)) is { } found
            ? Pseudonym.Parse(found) : null;

    /// <summary>Reads the whole directory and evaluates what is new or changed, in batches of 1,000; forgets clients that are gone.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            await ReadAllAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private string? Find(Pseudonym pseudonym)
    {
        using var connection = store.OpenConnection();
        return connection.Query(
            "SELECT client_id FROM pseudonym_index WHERE pseudonym = $pseudonym ORDER BY client_id LIMIT 1", r => r.GetString(0),
            ("$pseudonym", pseudonym.Value)) is [var found] ? found : null;
    }

    // Someone who asks about strangers must not make us read the directory all the time. True when it was read while we waited, or by us.
    private async Task<bool> ReadAgainAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_lastRead is { } last && (last >= asked || time.GetElapsedTime(last) < options.Value.IndexMissInterval))
            {
                return last >= asked;
            }

            await ReadAllAsync(cancellationToken);
            return true;
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var changed = new List<OwnClient>(BatchSize);
        var (invalid, evaluated) = (0, 0);
        await foreach (var client in clients.ReadAllAsync(cancellationToken))
        {
            if (!Bsn.IsValid(client.Bsn))
            {
                invalid++;
                continue;
            }

            seen.Add(client.ClientId);
            if (IsUnchanged(client))
            {
                continue;
            }

            changed.Add(client);
            evaluated++;
            if (changed.Count == BatchSize)
            {
                await EvaluateAsync(changed, cancellationToken);
                changed.Clear();
            }
        }

        await EvaluateAsync(changed, cancellationToken);
        var removed = await ForgetAsync(seen, cancellationToken);
        _lastRead = time.GetTimestamp();
        Log.Read(logger, seen.Count, evaluated, removed, invalid, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task EvaluateAsync(List<OwnClient> changed, CancellationToken cancellationToken)
    {
        if (changed.Count == 0)
        {
            return;
        }

        var evaluated = await pseudonyms.EvaluateAsync([.. changed.Select(c => c.Bsn)], cancellationToken);
        await store.WriteAsync(transaction =>
        {
            foreach (var (client, pseudonym) in changed.Zip(evaluated))
            {
                transaction.Execute(
                    "DELETE FROM pseudonym_index WHERE client_id = $client AND pseudonym <> $pseudonym",
                    ("$client", client.ClientId), ("$pseudonym", pseudonym.Value));
                transaction.Execute(
                    "INSERT INTO pseudonym_index (pseudonym, client_id) VALUES ($pseudonym, $client) ON CONFLICT DO NOTHING",
                    ("$client", client.ClientId), ("$pseudonym", pseudonym.Value));
            }

            return changed.Count;
        }, cancellationToken);
        foreach (var client in changed)
        {
            _fingerprints[client.ClientId] = Fingerprint(client);
        }
    }

    private async Task<int> ForgetAsync(HashSet<string> seen, CancellationToken cancellationToken)
    {
        using var connection = store.OpenConnection();
        var gone = connection.Query("SELECT DISTINCT client_id FROM pseudonym_index", r => r.GetString(0)).Where(id => !seen.Contains(id)).ToList();
        if (gone.Count == 0)
        {
            return 0;
        }

        await store.WriteAsync(
            transaction => gone.Sum(id => transaction.Execute("DELETE FROM pseudonym_index WHERE client_id = $client", ("$client", id))),
            cancellationToken);
        gone.ForEach(id => _fingerprints.TryRemove(id, out _));
        return gone.Count;
    }

    private bool IsUnchanged(OwnClient client) => _fingerprints.TryGetValue(client.ClientId, out var known) && known == Fingerprint(client);

    private ulong Fingerprint(OwnClient client) => BitConverter.ToUInt64(HMACSHA256.HashData(_fingerprintKey, Encoding.ASCII.GetBytes(client.Bsn)));

    private static partial class Log
    {
        [LoggerMessage(5202, LogLevel.Information,
            "Pseudonym index read: {Clients} clients, {Evaluated} new or changed, {Removed} gone, {Invalid} without a valid BSN, {Milliseconds} ms")]
        public static partial void Read(ILogger logger, int clients, int evaluated, int removed, int invalid, long milliseconds);
    }
}
