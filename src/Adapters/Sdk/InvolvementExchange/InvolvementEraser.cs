using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Keten.Adapters.Sdk.KeptPersons;
using Keten.Adapters.Sdk.Storage;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>
/// Forgets involvements: the rows go, and in the same transaction follow an event that tells the gateway to forget too, and a tombstone that
/// lets the broker forget all of it. Both stand behind what was reported of the person before, so that nothing earlier arrives later.
/// </summary>
internal sealed partial class InvolvementEraser(AdapterStore store, Outbox outbox, KeptPersonWake kept, TimeProvider time, ILogger<InvolvementEraser> logger)
{
    private const int BatchSize = 1_000;

    /// <summary>How many involvements were there. Durable when it completes.</summary>
    public async Task<int> EraseAsync(EraseInvolvementsRequest request, CancellationToken cancellationToken)
    {
        var erased = await store.WriteAsync(transaction => Erase(transaction, request), cancellationToken);
        Wake();
        Log.Erased(logger, erased);
        return erased;
    }

    /// <summary>
    /// Lets the broker forget, once, what ended before a moment: its topic would keep the last report of it for ever. The row stays, because of what was
    /// shielded. How many there were; durable when it completes.
    /// </summary>
    public async Task<int> ForgetEndedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var (forgotten, last) = (0, BatchSize);
        while (last == BatchSize)
        {
            last = await store.WriteAsync(transaction => ForgetEnded(transaction, before), cancellationToken);
            forgotten += last;
            outbox.Wake();
        }

        if (forgotten > 0)
        {
            Log.Forgotten(logger, forgotten);
        }

        return forgotten;
    }

    private int ForgetEnded(SqliteTransaction transaction, DateTimeOffset before)
    {
        var ended = transaction.Query(
            "SELECT involvement_id, subject FROM involvement WHERE ended_at <= $before ORDER BY ended_at LIMIT $limit", r => (Id: r.GetString(0), Subject: r.GetString(1)),
            ("$before", before.ToUnixTimeMilliseconds()), ("$limit", BatchSize));
        foreach (var (id, subject) in ended)
        {
            Outbox.AddTombstone(transaction, id, subject, time.GetUtcNow());
            transaction.Execute("UPDATE involvement SET ended_at = NULL WHERE involvement_id = $id", ("$id", id));
        }

        return ended.Count;
    }

    private int Erase(SqliteTransaction transaction, EraseInvolvementsRequest request)
    {
        var all = request.WhatCase == EraseInvolvementsRequest.WhatOneofCase.ClientId;
        var found = Find(transaction, all ? "client_id" : "involvement_id", all ? request.ClientId : request.InvolvementId);
        var now = time.GetUtcNow();
        foreach (var row in found)
        {
            Erase(transaction, row, now);
        }

        if (all)
        {
            KeptPersonStore.DropAll(transaction, request.ClientId);
        }

        return found.Count;
    }

    /// <summary>Of one involvement what its erasure needs; null when there is none.</summary>
    public static ReportedInvolvement? Find(SqliteTransaction transaction, string involvementId) =>
        Find(transaction, "involvement_id", involvementId) is [var found] ? found : null;

    private static List<ReportedInvolvement> Find(SqliteTransaction transaction, string column, string id) => transaction.Query(
        $"SELECT involvement_id, client_id, subject, other_subject, purpose, version, ended FROM involvement WHERE {column} = $id ORDER BY involvement_id",
        r => new ReportedInvolvement(r.GetString(0), r.GetString(1), new Subjects(r.GetString(2), r.GetString(3)), r.GetString(4), r.GetInt64(5), r.GetBoolean(6)),
        ("$id", id));

    /// <summary>Within a transaction. <see cref="Wake"/> after its commit.</summary>
    public static void Erase(SqliteTransaction transaction, ReportedInvolvement row, DateTimeOffset now)
    {
        var last = new InvolvementChanged
        {
            Change = Change.Erased,
            InvolvementId = row.InvolvementId,
            Version = row.Version + 1,
            Purpose = row.Purpose,
            OccurredAt = now.ToTimestamp(),
        };
        row.Subjects.CopyTo(last);
        Outbox.Add(transaction, last, now);
        Outbox.AddTombstone(transaction, last.InvolvementId, last.Subject, now);
        transaction.Execute("DELETE FROM involvement WHERE involvement_id = $id", ("$id", row.InvolvementId));
        transaction.Execute(
            "INSERT INTO erased (involvement, version, erased_at) VALUES ($id, $version, $now) ON CONFLICT (involvement) DO UPDATE SET version = $version, erased_at = $now",
            ("$id", Hash(row.InvolvementId)), ("$version", last.Version), ("$now", now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
        KeptPersonStore.DropWithoutInvolvement(transaction, row.ClientId);

        // What was told about the person is only for who is involved with them. The ids stay, so that a repeat does not bring it back.
        foreach (var subject in row.Subjects.All)
        {
            transaction.Execute(
                $"DELETE FROM inbox WHERE subject = $subject AND NOT EXISTS (SELECT 1 FROM involvement WHERE {Subjects.Condition})",
                ("$subject", subject));
        }
    }

    /// <summary>After an erasure is committed.</summary>
    public void Wake()
    {
        outbox.Wake();
        kept.Signal();
    }

    /// <summary>The version an erased involvement had last; 0 when there was none.</summary>
    public static long LastVersion(SqliteTransaction transaction, string involvementId) =>
        transaction.Scalar<long?>("SELECT version FROM erased WHERE involvement = $id", ("$id", Hash(involvementId))) ?? 0;

    /// <summary>True when an involvement was erased and not reported anew since.</summary>
    public static bool IsErased(SqliteTransaction transaction, string? involvementId) => !string.IsNullOrEmpty(involvementId) && transaction.Scalar<long?>(
        "SELECT 1 FROM erased WHERE involvement = $hash AND NOT EXISTS (SELECT 1 FROM involvement WHERE involvement_id = $id)",
        ("$hash", Hash(involvementId)), ("$id", involvementId)) == 1;

    private static byte[] Hash(string involvementId) => SHA256.HashData(Encoding.UTF8.GetBytes(involvementId));

    private static partial class Log
    {
        [LoggerMessage(5341, LogLevel.Information, "{Count} involvements were erased; the gateway and the broker are told to forget them")]
        public static partial void Erased(ILogger logger, int count);

        [LoggerMessage(5342, LogLevel.Information, "{Count} involvements are over for longer than they may be kept; the broker is told to forget them")]
        public static partial void Forgotten(ILogger logger, int count);
    }
}

/// <summary>What was reported of an involvement, as far as its erasure needs it.</summary>
internal sealed record ReportedInvolvement(string InvolvementId, string ClientId, Subjects Subjects, string Purpose, long Version, bool Ended);
