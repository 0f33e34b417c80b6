using System.Collections.Concurrent;
using System.Collections.Immutable;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Storage;
using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>
/// Which of the organisation's own clients a pseudonym is, and the other way round. Kept in the adapter's database, so that it answers at once
/// after a restart; filled again from <see cref="IClientDirectory"/> at start, on a timer and on a miss. While two keys are in use it holds the
/// pseudonyms under both. No BSN is written to disk; of what is made from one only the pseudonym, and a keyed fingerprint (<see cref="FingerprintKey"/>).
/// </summary>
public sealed partial class PseudonymIndex : IDisposable
{
    private const int BatchSize = 1_000;

    private readonly IClientDirectory _clients;
    private readonly IPseudonymSource _pseudonyms;
    private readonly InvolvementExchangeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<PseudonymIndex> _logger;
    private readonly FingerprintKey _fingerprints;
    private readonly PseudonymRows _rows;
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private long? _lastRead;

    public PseudonymIndex(
        AdapterStore store, IClientDirectory clients, IPseudonymSource pseudonyms, IOptions<InvolvementExchangeOptions> options, TimeProvider time,
        ILogger<PseudonymIndex> logger, FingerprintKey? fingerprints = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_clients, _pseudonyms, _options, _time, _logger) = (clients, pseudonyms, options.Value, time, logger);
        _fingerprints = fingerprints ?? FingerprintKey.Passing();
        _rows = new PseudonymRows(store, _fingerprints.Lasts);
        foreach (var (clientId, fingerprint, keyId) in _rows.Known())
        {
            Remember(clientId, fingerprint, keyId);
        }
    }

    /// <summary>The organisation's own id of the person; null when it does not know them. A miss may read the directory again.</summary>
    /// <exception cref="Exception">What the directory or the pseudonym source throws when it does not answer.</exception>
    public async Task<string?> FindClientAsync(Pseudonym pseudonym, CancellationToken cancellationToken) =>
        _rows.ClientOf(pseudonym) ?? (await ReadAgainAsync(cancellationToken) ? _rows.ClientOf(pseudonym) : null);

    /// <summary>The federation's current pseudonym of a client; null when there is no such client, or none with a valid BSN.</summary>
    /// <exception cref="Exception">What the directory or the pseudonym source throws when it does not answer.</exception>
    public async Task<Pseudonym?> PseudonymOfAsync(string clientId, CancellationToken cancellationToken)
    {
        // Read now, not from the index: a corrected BSN is another person.
        if (await _clients.FindAsync(clientId, cancellationToken) is not { } client || !Elfproef.Holds(client.Bsn))
        {
            return null;
        }

        var keys = _pseudonyms.Keys;
        foreach (var key in KeysOf(keys).Where(key => !IsKnown(client, key)))
        {
            await EvaluateAsync(key, [client], cancellationToken);
        }

        return Current(_rows.Of(clientId), keys);
    }

    /// <summary>As <see cref="PseudonymOfAsync"/>, of what the index holds, within a transaction.</summary>
    internal Pseudonym? Find(SqliteTransaction transaction, string clientId) => Current(PseudonymRows.Of(transaction, clientId), _pseudonyms.Keys);

    /// <summary>Ids of the keys in use, the current one first; none when the source does not name them.</summary>
    internal IReadOnlyList<string> Keys => _pseudonyms.Keys;

    /// <summary>All pseudonyms that are held of a client.</summary>
    internal static IReadOnlyList<string> FindHeld(SqliteTransaction transaction, string clientId) => [.. PseudonymRows.Of(transaction, clientId).Select(p => p.Value)];

    /// <summary>The pseudonym of a client under the other key in use; empty when there is none, or not yet.</summary>
    internal string FindOther(SqliteTransaction transaction, string clientId, Pseudonym current)
    {
        var keys = _pseudonyms.Keys;
        return PseudonymRows.Of(transaction, clientId).Where(p => p != current && keys.Contains(KeyOf(p))).Select(p => p.Value).FirstOrDefault() ?? "";
    }

    /// <summary>The pseudonyms of a client under all keys in use; null when one is not known yet, or the client is not.</summary>
    internal Subjects? FindAll(SqliteTransaction transaction, string clientId)
    {
        var known = PseudonymRows.Of(transaction, clientId).ToLookup(KeyOf, p => p.Value, StringComparer.Ordinal);
        string[] all = [.. _pseudonyms.Keys.Select(key => known[key].FirstOrDefault() ?? "")];
        return all.Length == 0 || all.Contains("") ? null : new Subjects(all[0], all.ElementAtOrDefault(1) ?? "");
    }

    /// <summary>Reads the whole directory and evaluates what is new or changed, in batches of 1,000; forgets clients and keys that are gone.</summary>
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

    private static Pseudonym? Current(IEnumerable<Pseudonym> all, IReadOnlyList<string> keys) =>
        all.Where(p => keys.Count == 0 || KeyOf(p) == keys[0]).Cast<Pseudonym?>().FirstOrDefault();

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    // Someone who asks about strangers must not make us read the directory all the time. True when it was read while we waited, or by us.
    private async Task<bool> ReadAgainAsync(CancellationToken cancellationToken)
    {
        var asked = _time.GetTimestamp();
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_lastRead is { } last && (last >= asked || _time.GetElapsedTime(last) < _options.IndexMissInterval))
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
        var started = _time.GetTimestamp();
        var keys = _pseudonyms.Keys;
        var wanting = KeysOf(keys).ToDictionary(key => key, _ => new List<OwnClient>(), StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (invalid, evaluated) = (0, 0);
        await foreach (var client in _clients.ReadAllAsync(cancellationToken))
        {
            if (!Elfproef.Holds(client.Bsn))
            {
                invalid++;
                continue;
            }

            seen.Add(client.ClientId);
            foreach (var (key, batch) in wanting.Where(w => !IsKnown(client, w.Key)))
            {
                batch.Add(client);
                evaluated++;
                if (batch.Count == BatchSize)
                {
                    await EvaluateAsync(key, batch, cancellationToken);
                    batch.Clear();
                }
            }
        }

        foreach (var (key, batch) in wanting)
        {
            await EvaluateAsync(key, batch, cancellationToken);
        }

        var gone = await _rows.KeepAsync(seen, cancellationToken);
        foreach (var id in gone)
        {
            _known.TryRemove(id, out _);
        }

        if (keys.Count > 0)
        {
            await _rows.DropOtherKeysAsync(keys, cancellationToken);
        }

        _lastRead = _time.GetTimestamp();
        Log.Read(_logger, seen.Count, evaluated, gone.Count, invalid, (long)_time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task EvaluateAsync(string key, List<OwnClient> clients, CancellationToken cancellationToken)
    {
        if (clients.Count == 0)
        {
            return;
        }

        List<string> numbers = clients.ConvertAll(c => c.Bsn);
        var evaluated = key.Length == 0 ? await _pseudonyms.EvaluateAsync(numbers, cancellationToken) : await _pseudonyms.EvaluateUnderAsync(key, numbers, cancellationToken);
        await _rows.SaveAsync([.. clients.Zip(evaluated, (client, pseudonym) => (client.ClientId, _fingerprints.Of(client.Bsn), IsCorrected(client), pseudonym))], cancellationToken);
        clients.ForEach(c => Remember(c.ClientId, _fingerprints.Of(c.Bsn), key));
    }

    private void Remember(string clientId, long fingerprint, string key) => _known.AddOrUpdate(
        clientId, _ => new Known(fingerprint, [key]),
        (_, known) => known.Fingerprint != fingerprint ? new Known(fingerprint, [key]) : known with { Keys = known.Keys.Contains(key) ? known.Keys : known.Keys.Add(key) });

    private bool IsKnown(OwnClient client, string key) =>
        _known.TryGetValue(client.ClientId, out var known) && known.Keys.Contains(key) && known.Fingerprint == _fingerprints.Of(client.Bsn);

    private bool IsCorrected(OwnClient client) => _known.TryGetValue(client.ClientId, out var known) && known.Fingerprint != _fingerprints.Of(client.Bsn);

    /// <summary>A source that does not name its keys has one, without a name here.</summary>
    private static IReadOnlyList<string> KeysOf(IReadOnlyList<string> keys) => keys.Count > 0 ? keys : [""];

    private static string KeyOf(Pseudonym pseudonym) => pseudonym.Value[..pseudonym.Value.IndexOf('.', StringComparison.Ordinal)];

    private sealed record Known(long Fingerprint, ImmutableArray<string> Keys);

    private static partial class Log
    {
        [LoggerMessage(5202, LogLevel.Information,
            "Pseudonym index read: {Clients} clients, {Evaluated} new or changed, {Removed} gone, {Invalid} without a valid BSN, {Milliseconds} ms")]
        public static partial void Read(ILogger logger, int clients, int evaluated, int removed, int invalid, long milliseconds);
    }
}
