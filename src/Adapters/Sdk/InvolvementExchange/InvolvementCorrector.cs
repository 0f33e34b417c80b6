using Google.Protobuf.WellKnownTypes;
using Keten.Adapters.Sdk.KeptPersons;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>
/// Erases involvements that count for a stranger, because their client's BSN was corrected since they were reported, and tells the case system. It does not
/// report them anew under the right number: who the client is now, the organisation has to say.
/// </summary>
internal sealed partial class InvolvementCorrector(
    AdapterStore store, PseudonymIndex index, InvolvementEraser eraser, InboxWake inbox, TimeProvider time, ILogger<InvolvementCorrector> logger)
{
    private const int BatchSize = 1_000;

    // More than a few, and more than one in a hundred: clients do not change like that, a mapping does.
    private const int Few = 20;
    private const int OneIn = 100;

    /// <summary>Erases all there are now; none, where they are so many that the client directory must be at fault.</summary>
    public async Task CorrectAsync(CancellationToken cancellationToken)
    {
        var (wrong, active) = Read();
        if (wrong.Count > Few && wrong.Count > active / OneIn)
        {
            Log.TooMany(logger, wrong.Count, active);
            return;
        }

        var erased = 0;
        foreach (var batch in wrong.Chunk(BatchSize))
        {
            erased += await store.WriteAsync(transaction => batch.Count(id => Correct(transaction, id)), cancellationToken);
            eraser.Wake();
            inbox.Signal();
        }

        if (erased > 0)
        {
            Log.Corrected(logger, erased);
        }
    }

    // Where the index holds another pseudonym of the client under a key that the involvement counts under.
    private (List<string> Wrong, long Active) Read()
    {
        using var connection = store.OpenConnection();
        var wrong = connection.Query(
            """
            SELECT DISTINCT i.involvement_id FROM involvement i CROSS JOIN pseudonym_index p ON p.client_id = i.client_id
            WHERE i.ended = 0 AND p.pseudonym <> i.subject AND p.pseudonym <> i.other_subject
              AND substr(p.pseudonym, 1, instr(p.pseudonym, '.'))
                IN (substr(i.subject, 1, instr(i.subject, '.')), substr(i.other_subject, 1, instr(i.other_subject, '.')))
            """,
            r => r.GetString(0));
        return (wrong, wrong.Count == 0 ? 0 : connection.Query("SELECT COUNT(*) FROM involvement WHERE ended = 0", r => r.GetInt64(0)).Single());
    }

    private bool Correct(SqliteTransaction transaction, string involvementId)
    {
        // Read again, for it may have been ended or erased since, or the number put back.
        if (InvolvementEraser.Find(transaction, involvementId) is not { Ended: false } row
            || PseudonymIndex.FindHeld(transaction, row.ClientId) is not { Count: > 0 } held || row.Subjects.MayBe(held))
        {
            return false;
        }

        var now = time.GetUtcNow();
        var ended = new Notification
        {
            NotificationId = UuidV7.Create(now),
            OccurredAt = now.ToTimestamp(),
            Subject = index.Find(transaction, row.ClientId)?.Value ?? held[0],
            InvolvementEnded = new InvolvementEnded { OwnInvolvementId = involvementId, Purpose = row.Purpose, Reason = EndReason.NumberCorrected },
        };

        // Before it is erased: what is told of an erased involvement is dropped.
        Inbox.Add(transaction, ended, now);
        InvolvementEraser.Erase(transaction, row, now);
        KeptPersonStore.DropAbout(transaction, row.ClientId, row.Subjects);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(5343, LogLevel.Warning,
            "{Count} involvements counted for another person, because their client's BSN was corrected: they are erased and the case system is told")]
        public static partial void Corrected(ILogger logger, int count);

        [LoggerMessage(5344, LogLevel.Error,
            "{Count} of {Active} active involvements have a client whose BSN is another than when they were reported: so many that the client directory looks at fault, "
            + "and nothing is erased. Put the directory's mapping right; if the numbers are right, erase these clients' involvements and report them anew")]
        public static partial void TooMany(ILogger logger, int count, long active);
    }
}
