using System.Globalization;
using Google.Protobuf;
using Keten.Adapters.Sdk.Logbook;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>Events that are committed and not yet with the broker.</summary>
internal sealed class Outbox(AdapterStore store, OutboxWake wake)
{
    /// <summary>Adds an event within the transaction of the change it tells of. Call <see cref="Wake"/> after the commit.</summary>
    public static void Add(SqliteTransaction transaction, InvolvementChanged report, DateTimeOffset now)
    {
        Add(transaction, report.InvolvementId, report.Subject, report.ToByteArray(), now);
        LogbookTable.Add(transaction, ExchangeProcessing.Reported(report, now));
    }

    /// <summary>After the last event of an involvement under this pseudonym: lets the broker forget all of them. The gateway does nothing about it.</summary>
    public static void AddTombstone(SqliteTransaction transaction, string involvementId, string subject, DateTimeOffset now) =>
        Add(transaction, involvementId, subject, [], now);

    private static void Add(SqliteTransaction transaction, string involvementId, string subject, byte[] payload, DateTimeOffset now) => transaction.Execute(
        """
        INSERT INTO outbox (event_id, involvement_id, subject, recorded_at, payload)
        VALUES ($event, $involvement, $subject, $recorded, $payload)
        """,
        ("$event", UuidV7.Create(now)), ("$involvement", involvementId), ("$subject", subject),
        ("$recorded", now.ToString("O", CultureInfo.InvariantCulture)), ("$payload", payload));

    public void Wake() => wake.Signal();

    /// <summary>The oldest events, in order.</summary>
    public List<OutboxRow> Read(int limit)
    {
        using var connection = store.OpenConnection();
        return connection.Query(
            "SELECT seq, event_id, involvement_id, subject, recorded_at, payload FROM outbox ORDER BY seq LIMIT $limit",
            r => new OutboxRow(
                r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3),
                DateTimeOffset.Parse(r.GetString(4), CultureInfo.InvariantCulture), r.GetFieldValue<byte[]>(5)),
            ("$limit", limit));
    }

    /// <summary>How many there are.</summary>
    public long Count()
    {
        using var connection = store.OpenConnection();
        return connection.Query("SELECT COUNT(*) FROM outbox", r => r.GetInt64(0)).Single();
    }

    /// <summary>When the oldest was committed; null when there is none.</summary>
    public DateTimeOffset? OldestAt()
    {
        using var connection = store.OpenConnection();
        return connection.Query("SELECT recorded_at FROM outbox ORDER BY seq LIMIT 1", r => DateTimeOffset.Parse(r.GetString(0), CultureInfo.InvariantCulture)) is [var oldest]
            ? oldest : null;
    }

    /// <summary>Forgets what the broker has.</summary>
    public Task<int> RemoveAsync(IReadOnlyCollection<long> published, CancellationToken cancellationToken) => store.WriteAsync(
        transaction => published.Sum(seq => transaction.Execute("DELETE FROM outbox WHERE seq = $seq", ("$seq", seq))), cancellationToken);

    /// <summary>As above, for everything up to a row.</summary>
    public Task<int> RemoveUpToAsync(long last, CancellationToken cancellationToken) => store.WriteAsync(
        transaction => transaction.Execute("DELETE FROM outbox WHERE seq <= $last", ("$last", last)), cancellationToken);
}

/// <summary>One event of the outbox; an empty payload is a tombstone.</summary>
internal sealed record OutboxRow(long Seq, string EventId, string InvolvementId, string Subject, DateTimeOffset RecordedAt, byte[] Payload);
