using Google.Protobuf.WellKnownTypes;
using Keten.Adapters.Sdk.KeptPersons;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>
/// Goes over with the federation from one key to the next: while two keys are in use every involvement counts under both pseudonyms, afterwards under the new one
/// alone. Up to 1,000 involvements a second; what has been moved is in the table, so that it goes on after a stop anywhere.
/// </summary>
internal sealed partial class InvolvementMover(
    AdapterStore store, PseudonymIndex index, Outbox outbox, AdapterMetrics metrics, TimeProvider time, ILogger<InvolvementMover> logger)
{
    private const int BatchSize = 1_000;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>Moves what can be moved now. What waits for its pseudonym, or for the answer to its last report, is left for the next time.</summary>
    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        var (moved, waiting, last) = (0, 0, "");
        while (true)
        {
            var keys = index.Keys;
            var batch = keys.Count == 0 ? [] : Read(keys, last);
            if (batch.Count == 0)
            {
                break;
            }

            var done = await store.WriteAsync(transaction => batch.Count(row => Move(transaction, row.InvolvementId)), cancellationToken);
            (moved, waiting, last) = (moved + done, waiting + batch.Count - done, batch[^1].InvolvementId);
            if (done > 0)
            {
                outbox.Wake();
                await Task.Delay(Pace, time, cancellationToken);
            }
        }

        metrics.SetToMove(waiting);
        if (moved > 0 || waiting > 0)
        {
            Log.Moved(logger, moved, waiting);
        }
    }

    // Those whose keys are not the ones in use; a batch, by id.
    private List<(string InvolvementId, Subjects Subjects)> Read(IReadOnlyList<string> keys, string after)
    {
        using var connection = store.OpenConnection();
        return connection.Query(
            """
            SELECT involvement_id, subject, other_subject FROM involvement
            WHERE ended = 0 AND involvement_id > $after
              AND (substr(subject, 1, instr(subject, '.') - 1) <> $current OR substr(other_subject, 1, instr(other_subject, '.') - 1) <> $other)
            ORDER BY involvement_id LIMIT $limit
            """,
            r => (r.GetString(0), new Subjects(r.GetString(1), r.GetString(2))),
            ("$after", after), ("$current", keys[0]), ("$other", keys.Count > 1 ? keys[1] : ""), ("$limit", BatchSize));
    }

    private bool Move(SqliteTransaction transaction, string involvementId)
    {
        // Read again, for it may have been reported on since. What is not answered yet must not be overtaken.
        if (transaction.Query(
            "SELECT client_id, subject, other_subject, purpose, version FROM involvement WHERE involvement_id = $id AND ended = 0 AND answer IS NOT NULL",
            r => new Row(r.GetString(0), new Subjects(r.GetString(1), r.GetString(2)), r.GetString(3), r.GetInt64(4)), ("$id", involvementId)) is not [var row]
            || index.FindAll(transaction, row.ClientId) is not { } now || !row.Subjects.MayBe(now.All))
        {
            return false;
        }

        var version = row.Version;
        if (!now.All.ToHashSet(StringComparer.Ordinal).SetEquals(row.Subjects.All))
        {
            var moment = time.GetUtcNow();
            var report = new InvolvementChanged
            {
                Change = Change.Moved,
                InvolvementId = involvementId,
                Version = ++version,
                Purpose = row.Purpose,
                OccurredAt = moment.ToTimestamp(),
                FormerSubjects = { row.Subjects.All.Except(now.All, StringComparer.Ordinal) },
            };
            now.CopyTo(report);
            Outbox.Add(transaction, report, moment);
        }

        KeptPersonStore.Move(transaction, row.ClientId, now.Current);
        return transaction.Execute(
            "UPDATE involvement SET subject = $subject, other_subject = $other, version = $version WHERE involvement_id = $id",
            ("$subject", now.Current), ("$other", now.Other), ("$version", version), ("$id", involvementId)) == 1;
    }

    private sealed record Row(string ClientId, Subjects Subjects, string Purpose, long Version);

    private static partial class Log
    {
        [LoggerMessage(5204, LogLevel.Information,
            "Rotation: {Moved} involvements count under the keys in use now; {Waiting} wait for their client's pseudonym or for the answer to their last report")]
        public static partial void Moved(ILogger logger, int moved, int waiting);
    }
}
