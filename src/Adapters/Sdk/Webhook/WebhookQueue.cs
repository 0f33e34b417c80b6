using Keten.Adapters.Sdk.Storage;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Webhook;

/// <summary>
/// What of the inbox the webhook still has to deliver, in the database: a restart goes on where it was. It has its own place in the inbox;
/// the stream knows nothing of it.
/// </summary>
internal sealed class WebhookQueue(AdapterStore store)
{
    // The index on person and place says for each row whether it is the first of its person; grouping the persons would read the whole queue for every
    // few deliveries. CROSS: in order of the queue, so that the limit ends it.
    internal const string DueQuery =
        """
        SELECT q.seq, q.attempts, i.payload FROM webhook_queue q CROSS JOIN inbox i ON i.seq = q.seq
        WHERE q.next_at <= $now AND NOT EXISTS (SELECT 1 FROM webhook_queue p WHERE p.subject = q.subject AND p.seq < q.seq)
        ORDER BY q.seq LIMIT $limit
        """;

    /// <summary>Queues what came into the inbox since. A webhook that is new begins at the organisation's mark.</summary>
    public Task<int> FillAsync(CancellationToken cancellationToken) => store.WriteAsync(
        transaction =>
        {
            transaction.Execute("INSERT INTO webhook_mark (id, seq) SELECT 1, seq FROM inbox_mark WHERE true ON CONFLICT DO NOTHING");
            var queued = transaction.Execute(
                "INSERT INTO webhook_queue (seq, subject) SELECT seq, subject FROM inbox WHERE seq > (SELECT seq FROM webhook_mark) ORDER BY seq");
            transaction.Execute("UPDATE webhook_mark SET seq = MAX(seq, COALESCE((SELECT MAX(seq) FROM inbox), 0))");
            return queued;
        }, cancellationToken);

    /// <summary>How many there are.</summary>
    public long Count()
    {
        using var connection = store.OpenConnection();
        return connection.Query("SELECT COUNT(*) FROM webhook_queue", r => r.GetInt64(0)).Single();
    }

    /// <summary>The oldest of each person, as far as it is due, oldest first.</summary>
    public List<WebhookDelivery> Due(DateTimeOffset now, int limit)
    {
        using var connection = store.OpenConnection();
        return connection.Query(
            DueQuery,
            r => new WebhookDelivery(r.GetInt64(0), r.GetInt32(1), Notification.Parser.ParseFrom(r.GetFieldValue<byte[]>(2))),
            ("$now", now.ToUnixTimeMilliseconds()), ("$limit", limit));
    }

    /// <summary>When the next that waits is due, long ago where none waits but some are there; null for an empty queue. Ask when none is due.</summary>
    public DateTimeOffset? NextDue()
    {
        // Only the first of a person is ever tried, and only what was tried has a time.
        using var connection = store.OpenConnection();
        return connection.Query(
            "SELECT COALESCE((SELECT MIN(next_at) FROM webhook_queue WHERE next_at > 0), (SELECT MIN(next_at) FROM webhook_queue))",
            r => r.IsDBNull(0) ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(0))).Single();
    }

    /// <summary>Takes out what arrived and sets the time of the next attempt of what did not.</summary>
    public Task<int> SettleAsync(IReadOnlyCollection<long> delivered, IReadOnlyCollection<(long Seq, DateTimeOffset Next)> later, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => delivered.Sum(seq => transaction.Execute("DELETE FROM webhook_queue WHERE seq = $seq", ("$seq", seq)))
                + later.Sum(l => transaction.Execute(
                    "UPDATE webhook_queue SET attempts = attempts + 1, next_at = $next WHERE seq = $seq",
                    ("$seq", l.Seq), ("$next", l.Next.ToUnixTimeMilliseconds()))),
            cancellationToken);
}

/// <summary>One notification that is due.</summary>
/// <param name="Seq">Its place in the inbox.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Notification">What to deliver.</param>
internal sealed record WebhookDelivery(long Seq, int Attempts, Notification Notification);
