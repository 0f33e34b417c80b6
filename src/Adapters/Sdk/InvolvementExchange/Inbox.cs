using System.Globalization;
using Confluent.Kafka;
using Google.Protobuf;
using Keten.Adapters.Sdk.KeptPersons;
using Keten.Adapters.Sdk.Storage;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>What the gateway told this organisation, once each, and how far its case system has handled it.</summary>
internal sealed class Inbox(AdapterStore store)
{
    /// <summary>Where to read on, by partition.</summary>
    public Dictionary<int, InboxPosition> ReadPositions(string topic)
    {
        using var connection = store.OpenConnection();
        return connection.Query(
            "SELECT partition, next_offset, last_id FROM inbox_offset WHERE topic = $topic",
            r => (Partition: r.GetInt32(0), Position: new InboxPosition(r.GetInt64(1), r.GetString(2))),
            ("$topic", topic)).ToDictionary(p => p.Partition, p => p.Position);
    }

    /// <summary>Adds a notification; false when it was there, or is about an involvement that was erased.</summary>
    public static bool Add(SqliteTransaction transaction, Notification notification, DateTimeOffset now) =>
        Take(transaction, notification, now) == InboxEffect.Added;

    /// <summary>As above, and tells which.</summary>
    public static InboxEffect Take(SqliteTransaction transaction, Notification notification, DateTimeOffset now)
    {
        var received = ("$received", (object?)Text(now));
        var isNew = transaction.Execute(
            "INSERT INTO inbox_seen (notification_id, received_at) VALUES ($id, $received) ON CONFLICT DO NOTHING",
            ("$id", notification.NotificationId), received) == 1;
        if (!isNew)
        {
            return InboxEffect.Seen;
        }

        if (InvolvementEraser.IsErased(transaction, OwnInvolvementOf(notification)))
        {
            // It was on its way when its involvement was erased: nobody here is to hear of the person any more.
            return InboxEffect.Erased;
        }

        transaction.Execute(
            "INSERT INTO inbox (notification_id, subject, received_at, payload) VALUES ($id, $subject, $received, $payload)",
            ("$id", notification.NotificationId), ("$subject", notification.Subject), received, ("$payload", notification.ToByteArray()));
        if (notification.Receipt is { } receipt)
        {
            // What was never let in is kept no longer than what is over; an update that was let in shows that it is not over.
            transaction.Execute(
                """
                UPDATE involvement SET answer = $answer, ended_at = CASE WHEN $accepted AND ended = 0 THEN NULL WHEN NOT $accepted AND version = 1 THEN $now ELSE ended_at END
                WHERE involvement_id = $id AND version = $version
                """,
                ("$answer", receipt.Accepted ? Accepted : receipt.ReasonCode), ("$accepted", receipt.Accepted), ("$now", now.ToUnixTimeMilliseconds()),
                ("$id", receipt.InvolvementId), ("$version", receipt.Version));
        }

        if (notification.InvolvementEnded is { } ended)
        {
            End(transaction, ended.OwnInvolvementId, now);
        }

        return InboxEffect.Added;
    }

    // So that it may be reported as started again, and nobody keeps a copy of a person it is not involved with.
    private static void End(SqliteTransaction transaction, string involvementId, DateTimeOffset now)
    {
        transaction.Execute(
            "UPDATE involvement SET answer = $answer, ended = 1, ended_at = CASE ended WHEN 1 THEN ended_at ELSE $now END WHERE involvement_id = $id",
            ("$answer", EndedByGateway), ("$now", now.ToUnixTimeMilliseconds()), ("$id", involvementId));
        if (transaction.Scalar<string>("SELECT client_id FROM involvement WHERE involvement_id = $id", ("$id", involvementId)) is { } clientId)
        {
            KeptPersonStore.DropWithoutInvolvement(transaction, clientId);
        }
    }

    /// <summary>The receiver's own involvement it is about; null when it is about none.</summary>
    public static string? OwnInvolvementOf(Notification notification) => notification.ContentCase switch
    {
        Notification.ContentOneofCase.Receipt => notification.Receipt.InvolvementId,
        Notification.ContentOneofCase.Match => notification.Match.OwnInvolvementId,
        Notification.ContentOneofCase.MatchEnded => notification.MatchEnded.OwnInvolvementId,
        Notification.ContentOneofCase.RoleChanged => notification.RoleChanged.OwnInvolvementId,
        Notification.ContentOneofCase.LeadAsked => notification.LeadAsked.OwnInvolvementId,
        Notification.ContentOneofCase.InvolvementEndsSoon => notification.InvolvementEndsSoon.OwnInvolvementId,
        Notification.ContentOneofCase.InvolvementEnded => notification.InvolvementEnded.OwnInvolvementId,
        _ => null,
    };

    /// <summary>The answer of an accepted report, in the table of involvements.</summary>
    public const string Accepted = "ALLOWED";

    // The gateway ended it since (M6): the same start is then a new report, not a repeat.
    private const string EndedByGateway = "ENDED";

    /// <summary>Keeps a record that cannot be used, for people.</summary>
    public static void Refuse(SqliteTransaction transaction, ConsumeResult<byte[], byte[]> record, string reason, DateTimeOffset now) =>
        transaction.Execute(
            """
            INSERT INTO inbox_refused (topic, partition, offset, received_at, reason, payload)
            VALUES ($topic, $partition, $offset, $received, $reason, $payload)
            """,
            ("$topic", record.Topic), ("$partition", record.Partition.Value), ("$offset", record.Offset.Value),
            ("$received", Text(now)), ("$reason", reason), ("$payload", record.Message.Value));

    /// <summary>Moves the position, in the transaction of the rows.</summary>
    public static void Advance(SqliteTransaction transaction, string topic, int partition, InboxPosition position) => transaction.Execute(
        """
        INSERT INTO inbox_offset (topic, partition, next_offset, last_id) VALUES ($topic, $partition, $next, $last)
        ON CONFLICT (topic, partition) DO UPDATE SET next_offset = $next, last_id = $last
        """,
        ("$topic", topic), ("$partition", partition), ("$next", position.NextOffset), ("$last", position.LastId));

    /// <summary>A page after a row, in order.</summary>
    public List<InboxRow> Read(long after, int limit)
    {
        using var connection = store.OpenConnection();
        return connection.Query(
            """
            SELECT seq, payload FROM inbox WHERE seq > $after ORDER BY seq LIMIT $limit
            """,
            r => new InboxRow(r.GetInt64(0), Notification.Parser.ParseFrom(r.GetFieldValue<byte[]>(1))),
            ("$after", after), ("$limit", limit));
    }

    /// <summary>The organisation's mark: everything up to this row is handled.</summary>
    public long ReadMark()
    {
        using var connection = store.OpenConnection();
        return connection.Query("SELECT seq FROM inbox_mark", r => r.GetInt64(0)).Single();
    }

    /// <summary>The last row there ever was, purged or not; 0 when there was none.</summary>
    public long ReadLast()
    {
        using var connection = store.OpenConnection();
        return connection.Query("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'inbox'", r => r.GetInt64(0)).Single();
    }

    /// <summary>
    /// Forgets what the organisation has handled, through the stream or through the webhook, and received before <paramref name="handledBefore"/>;
    /// what nobody could use, likewise; and ids received, and versions erased, before <paramref name="seenBefore"/>. What nobody has handled stays, however old.
    /// </summary>
    /// <returns>How many notifications went.</returns>
    public Task<int> PurgeAsync(DateTimeOffset handledBefore, DateTimeOffset seenBefore, CancellationToken cancellationToken) => store.WriteAsync(
        transaction =>
        {
            var purged = transaction.Execute(
                """
                DELETE FROM inbox WHERE received_at < $before AND (
                    seq <= (SELECT seq FROM inbox_mark)
                    OR (seq <= COALESCE((SELECT seq FROM webhook_mark), 0) AND seq NOT IN (SELECT seq FROM webhook_queue)))
                """,
                ("$before", Text(handledBefore)));
            transaction.Execute("DELETE FROM inbox_refused WHERE received_at < $before", ("$before", Text(handledBefore)));
            transaction.Execute(
                "DELETE FROM inbox_seen WHERE received_at < $before AND notification_id NOT IN (SELECT notification_id FROM inbox)",
                ("$before", Text(seenBefore)));
            transaction.Execute("DELETE FROM erased WHERE erased_at < $before", ("$before", Text(seenBefore)));
            return purged;
        }, cancellationToken);

    /// <summary>How many notifications the case system has not acknowledged.</summary>
    public long CountUnacknowledged()
    {
        using var connection = store.OpenConnection();
        return connection.Query("SELECT COUNT(*) FROM inbox WHERE seq > (SELECT seq FROM inbox_mark)", r => r.GetInt64(0)).Single();
    }

    /// <summary>How many records nobody could use.</summary>
    public long CountRefused()
    {
        using var connection = store.OpenConnection();
        return connection.Query("SELECT COUNT(*) FROM inbox_refused", r => r.GetInt64(0)).Single();
    }

    // UTC, so that texts compare as times do.
    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Moves the mark forward; never back.</summary>
    public Task<int> MarkAsync(long seq, CancellationToken cancellationToken) => store.WriteAsync(
        transaction => transaction.Execute("UPDATE inbox_mark SET seq = $seq WHERE seq < $seq", ("$seq", seq)), cancellationToken);
}

/// <summary>What came of a notification that arrived.</summary>
internal enum InboxEffect
{
    Added,

    /// <summary>It was there before.</summary>
    Seen,

    /// <summary>It is about an involvement that was erased here.</summary>
    Erased,
}

/// <summary>How far a partition was read.</summary>
/// <param name="NextOffset">Offset to read next.</param>
/// <param name="LastId">CloudEvents id of the record before it; empty when it had none.</param>
internal sealed record InboxPosition(long NextOffset, string LastId);

/// <summary>One notification and its place.</summary>
internal sealed record InboxRow(long Seq, Notification Notification);
