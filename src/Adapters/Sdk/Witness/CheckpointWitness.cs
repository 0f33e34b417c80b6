using System.Globalization;
using Keten.Adapters.Sdk.Storage;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Witness;

/// <summary>
/// Countersigns a log's checkpoint when it continues the last one signed (c2sp.org/tlog-witness). It learns sizes and hashes, and nothing of anybody. What
/// it signed is durable before it answers, so that no crash makes it sign two histories.
/// </summary>
internal sealed partial class CheckpointWitness(
    AdapterStore store, NoteSigningKey key, IReadOnlyCollection<NoteVerifierKey> logs, TimeProvider time, ILogger<CheckpointWitness> logger)
{
    /// <summary>Tables of the witness.</summary>
    public static AdapterSchema Schema { get; } = new("witness",
    [
        """
        -- The last checkpoint signed of each log.
        CREATE TABLE witness_log (
            origin TEXT PRIMARY KEY,
            size   INTEGER NOT NULL,
            root   TEXT NOT NULL
        ) STRICT;

        -- Checkpoints the log signed that do not continue what it showed before: evidence, for people.
        CREATE TABLE witness_conflict (
            id       INTEGER PRIMARY KEY,
            origin   TEXT NOT NULL,
            seen_at  TEXT NOT NULL,
            size     INTEGER NOT NULL,
            root     TEXT NOT NULL,
            note     TEXT NOT NULL UNIQUE
        ) STRICT;
        """,
    ]);

    /// <summary>Answers one request.</summary>
    public async Task<WitnessAnswer> AddAsync(string body, CancellationToken cancellationToken)
    {
        if (!AddCheckpointRequest.TryParse(body, out var request) || !Checkpoint.TryParse(request.Note.Text, out var checkpoint))
        {
            return new(StatusCodes.Status400BadRequest);
        }

        var keys = logs.Where(log => log.Name == checkpoint.Origin).ToList();
        if (keys.Count == 0)
        {
            return new(StatusCodes.Status404NotFound);
        }

        if (!keys.Any(log => request.Note.JudgedBy(log) == NoteVerdict.Signed))
        {
            return new(StatusCodes.Status403Forbidden);
        }

        return request.OldSize > checkpoint.Size
            ? new(StatusCodes.Status400BadRequest)
            : await store.WriteAsync(transaction => Add(transaction, request, checkpoint), cancellationToken);
    }

    // One transaction at a time: nothing comes between looking and signing.
    private WitnessAnswer Add(SqliteTransaction transaction, AddCheckpointRequest request, Checkpoint checkpoint)
    {
        var (size, root) = transaction.Query(
            "SELECT size, root FROM witness_log WHERE origin = $origin", row => (row.GetInt64(0), row.GetString(1)), ("$origin", checkpoint.Origin))
            is [var last] ? last : (0, TreeHash.Empty.ToString());
        if (request.OldSize != size)
        {
            return SizeIs(size);
        }

        if (!TreeHash.TryParse(root, out var known) || !MerkleProofs.ProvesConsistency(size, known, checkpoint.Size, checkpoint.Root, request.Proof))
        {
            // Signed by the log, and no continuation of what it showed before: either a proof that is wrong, or two histories.
            Keep(transaction, request.Note, checkpoint);
            Log.Conflict(logger, checkpoint.Origin, size, checkpoint.Size);
            return size == checkpoint.Size ? SizeIs(size) : new(StatusCodes.Status422UnprocessableEntity);
        }

        transaction.Execute(
            "INSERT INTO witness_log (origin, size, root) VALUES ($origin, $size, $root) ON CONFLICT (origin) DO UPDATE SET size = $size, root = $root",
            ("$origin", checkpoint.Origin), ("$size", checkpoint.Size), ("$root", checkpoint.Root.ToString()));
        return new(StatusCodes.Status200OK, key.Sign(request.Note.Text, time.GetUtcNow()).ToString());
    }

    private void Keep(SqliteTransaction transaction, SignedNote note, Checkpoint checkpoint) => transaction.Execute(
        "INSERT INTO witness_conflict (origin, seen_at, size, root, note) VALUES ($origin, $at, $size, $root, $note) ON CONFLICT (note) DO NOTHING",
        ("$origin", checkpoint.Origin), ("$at", time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)), ("$size", checkpoint.Size),
        ("$root", checkpoint.Root.ToString()), ("$note", note.ToString()));

    private static WitnessAnswer SizeIs(long size) =>
        new(StatusCodes.Status409Conflict, size.ToString(CultureInfo.InvariantCulture) + "\n", AddCheckpointRequest.SizeContentType);

    private static partial class Log
    {
        [LoggerMessage(5381, LogLevel.Critical,
            "Log {Origin} signed a checkpoint of {Size} records that does not continue the one of {KnownSize} records it showed before. It is not countersigned, and kept in table witness_conflict: ask the gateway's operator, and the other witnesses")]
        public static partial void Conflict(ILogger logger, string origin, long knownSize, long size);
    }
}
