using System.Security.Cryptography;
using Keten.Adapters.Sdk.Storage;
using Keten.Adapters.Sdk.Webhook;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>
/// Subscriptions in the adapter's database. Each has its own place in the inbox, so there is no queue: what waits is what came after that place, and one
/// empty POST tells of all of it.
/// </summary>
internal sealed class SubscriptionStore(AdapterStore store)
{
    /// <summary>Most there can be.</summary>
    public const int Most = 20;

    /// <summary>Failures in a row before the status says so.</summary>
    public const int FailuresUntilError = 3;

    private const int PageSize = 500;
    private const string Columns = "id, version, updated_at, status, error, reason, type, endpoint, headers, end_at, waiting, attempts";

    public static AdapterSchema Schema { get; } = new("fhir-subscriptions",
    [
        """
        CREATE TABLE fhir_subscription (
            id         TEXT PRIMARY KEY,
            version    INTEGER NOT NULL DEFAULT 1,
            updated_at INTEGER NOT NULL,             -- times are Unix time in milliseconds
            status     INTEGER NOT NULL,
            error      TEXT NOT NULL DEFAULT '',
            reason     TEXT NOT NULL,
            type       TEXT NOT NULL,
            endpoint   TEXT NOT NULL,
            headers    TEXT NOT NULL,                -- secrets, one on a line
            end_at     INTEGER,
            seen       INTEGER NOT NULL,             -- up to here the inbox was looked at for it
            waiting    INTEGER NOT NULL,             -- the last that was found
            told       INTEGER NOT NULL,             -- the last that was told
            attempts   INTEGER NOT NULL DEFAULT 0,
            next_at    INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        """,
    ]);

    /// <summary>All, the oldest change first.</summary>
    public List<SubscriptionRow> List() => Read("TRUE");

    /// <summary>Null when there is none.</summary>
    public SubscriptionRow? Find(string id) => Read("id = $id", ("$id", id)).SingleOrDefault();

    /// <summary>What is to be told now.</summary>
    public List<SubscriptionRow> Due(DateTimeOffset now) =>
        Read($"status <> {(int)SubscriptionState.Off} AND waiting > told AND next_at <= $now", ("$now", now.ToUnixTimeMilliseconds()));

    /// <summary>When the next is to be told; null when nothing waits.</summary>
    public DateTimeOffset? NextDue()
    {
        using var connection = store.OpenConnection();
        return connection.Query(
            $"SELECT MIN(next_at) FROM fhir_subscription WHERE status <> {(int)SubscriptionState.Off} AND waiting > told",
            r => r.IsDBNull(0) ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(0))).Single();
    }

    /// <summary>The new Subscription; null when there are too many.</summary>
    public Task<SubscriptionRow?> AddAsync(SubscriptionOrder order, DateTimeOffset now, CancellationToken cancellationToken) => store.WriteAsync(
        transaction =>
        {
            if (transaction.Scalar<long>("SELECT COUNT(*) FROM fhir_subscription") >= Most)
            {
                return null;
            }

            var id = RandomNumberGenerator.GetHexString(FhirId.Length, lowercase: true);
            transaction.Execute(
                """
                INSERT INTO fhir_subscription (id, updated_at, status, reason, type, endpoint, headers, end_at, seen, waiting, told)
                SELECT $id, $now, $status, $reason, $type, $endpoint, $headers, $end, seq, seq, seq FROM inbox_mark
                """,
                [("$id", id), .. Parameters(order, now)]);
            return Read(transaction, id);
        }, cancellationToken);

    /// <summary>
    /// Replaces one of this version. It begins anew where a new one would, at the organisation's mark: what it was not told of before is told to the endpoint it has now.
    /// </summary>
    public Task<(Refusal? Refusal, SubscriptionRow? Row)> ReplaceAsync(
        string id, long version, SubscriptionOrder order, DateTimeOffset now, CancellationToken cancellationToken) => store.WriteAsync<(Refusal?, SubscriptionRow?)>(
        transaction =>
        {
            if (RefusalOf(transaction, id, version) is { } refusal)
            {
                return (refusal, null);
            }

            transaction.Execute(
                """
                UPDATE fhir_subscription SET version = version + 1, updated_at = $now, status = $status, error = '', reason = $reason, type = $type, endpoint = $endpoint,
                    headers = $headers, end_at = $end, seen = m.seq, waiting = m.seq, told = m.seq, attempts = 0, next_at = 0
                FROM (SELECT seq FROM inbox_mark) m WHERE id = $id
                """,
                [("$id", id), .. Parameters(order, now)]);
            return (null, Read(transaction, id));
        }, cancellationToken);

    /// <summary>Forgets one, of a version if one is named; null when it is gone.</summary>
    public Task<Refusal?> DeleteAsync(string id, long? version, CancellationToken cancellationToken) => store.WriteAsync(
        transaction =>
        {
            if (version is { } expected && RefusalOf(transaction, id, expected) is { } refusal)
            {
                return refusal;
            }

            transaction.Execute("DELETE FROM fhir_subscription WHERE id = $id", ("$id", id));
            return null;
        }, cancellationToken);

    /// <summary>Turns off what is past its end.</summary>
    public Task<int> ExpireAsync(DateTimeOffset now, CancellationToken cancellationToken) => store.WriteAsync(
        transaction => transaction.Execute(
            $"UPDATE fhir_subscription SET status = {(int)SubscriptionState.Off}, version = version + 1, updated_at = $now WHERE end_at <= $now AND status <> {(int)SubscriptionState.Off}",
            ("$now", now.ToUnixTimeMilliseconds())), cancellationToken);

    /// <summary>Looks at what came into the inbox since, for every Subscription; false when there was nothing.</summary>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var (looking, page) = ReadPage();
        if (page.Count == 0)
        {
            return false;
        }

        // One that was replaced meanwhile is left alone: it has another place, and maybe other criteria.
        await store.WriteAsync(
            transaction => looking.Sum(one => transaction.Execute(
                "UPDATE fhir_subscription SET seen = MAX(seen, $seen), waiting = MAX(waiting, $waiting) WHERE id = $id AND version = $version",
                ("$id", one.Id), ("$version", one.Version), ("$seen", page[^1].Seq),
                ("$waiting", page.LastOrDefault(row => row.Seq > one.Seen && row.Type == one.Type).Seq))),
            cancellationToken);
        return true;
    }

    /// <summary>Keeps what became of telling one, unless it was changed meanwhile: then it is told again.</summary>
    /// <returns>The status it has now; null when it was changed.</returns>
    public Task<SubscriptionState?> SettleAsync(SubscriptionRow told, WebhookAnswer answer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var delivered = answer.Outcome == WebhookOutcome.Delivered;
        var attempts = delivered ? 0 : told.Attempts + 1;
        var (status, error) = answer.Outcome switch
        {
            WebhookOutcome.Delivered => (SubscriptionState.Active, ""),
            WebhookOutcome.Gone => (SubscriptionState.Off, "The endpoint answered 410: it wants no more."),
            _ when attempts < FailuresUntilError => (told.Status, told.Error),
            _ => (SubscriptionState.Error, $"The endpoint did not take the notification ({answer.Reason}). It is tried again."),
        };
        return store.WriteAsync<SubscriptionState?>(
            transaction => transaction.Execute(
                """
                UPDATE fhir_subscription SET told = CASE WHEN $delivered THEN $waiting ELSE told END, attempts = $attempts, next_at = $next,
                    version = version + $changed, updated_at = CASE WHEN $changed THEN $now ELSE updated_at END, status = $status, error = $error
                WHERE id = $id AND version = $version
                """,
                ("$id", told.Id), ("$version", told.Version), ("$delivered", delivered), ("$waiting", told.Waiting), ("$attempts", attempts),
                ("$next", delivered ? 0 : (now + WebhookPause.After(answer.Outcome, attempts)).ToUnixTimeMilliseconds()),
                ("$changed", status != told.Status || error != told.Error), ("$now", now.ToUnixTimeMilliseconds()), ("$status", (int)status), ("$error", error)) == 1
                ? status : null,
            cancellationToken);
    }

    private (List<(string Id, long Version, string Type, long Seen)> Looking, List<(long Seq, string? Type)> Page) ReadPage()
    {
        using var connection = store.OpenConnection();
        var looking = connection.Query(
            "SELECT id, version, type, seen FROM fhir_subscription", r => (r.GetString(0), r.GetInt64(1), r.GetString(2), Seen: r.GetInt64(3)));
        return looking.Count == 0 ? (looking, []) : (looking, connection.Query(
            "SELECT seq, payload FROM inbox WHERE seq > $after ORDER BY seq LIMIT $limit",
            r => (r.GetInt64(0), SubscriptionCriteria.TypeOf(Notification.Parser.ParseFrom(r.GetFieldValue<byte[]>(1)))),
            ("$after", looking.Min(one => one.Seen)), ("$limit", PageSize)));
    }

    private static Refusal? RefusalOf(SqliteTransaction transaction, string id, long version) => Read(transaction, id) switch
    {
        null => SubscriptionRefusals.NotFound,
        var row when row.Version != version => SubscriptionRefusals.VersionChanged,
        _ => null,
    };

    private static (string Name, object? Value)[] Parameters(SubscriptionOrder order, DateTimeOffset now) =>
    [
        ("$now", now.ToUnixTimeMilliseconds()), ("$status", (int)(order.IsOff ? SubscriptionState.Off : SubscriptionState.Active)), ("$reason", order.Reason), ("$type", order.Type),
        ("$endpoint", order.Endpoint), ("$headers", string.Join('\n', order.Headers)), ("$end", order.End?.ToUnixTimeMilliseconds()),
    ];

    private List<SubscriptionRow> Read(string condition, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var connection = store.OpenConnection();
        return connection.Query($"SELECT {Columns} FROM fhir_subscription WHERE {condition} ORDER BY updated_at, id", Row, parameters);
    }

    private static SubscriptionRow? Read(SqliteTransaction transaction, string id) =>
        transaction.Query($"SELECT {Columns} FROM fhir_subscription WHERE id = $id", Row, ("$id", id)).SingleOrDefault();

    private static SubscriptionRow Row(SqliteDataReader r)
    {
        var order = new SubscriptionOrder(
            r.GetInt32(3) == (int)SubscriptionState.Off, r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8).Split('\n', StringSplitOptions.RemoveEmptyEntries),
            r.IsDBNull(9) ? null : DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(9)));
        return new SubscriptionRow(
            r.GetString(0), r.GetInt64(1), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(2)), (SubscriptionState)r.GetInt32(3), r.GetString(4), order, r.GetInt64(10), r.GetInt32(11));
    }
}
