using Keten.LogTools.Query;
using Microsoft.Data.Sqlite;

namespace Keten.LogTools.Index;

/// <summary>How far an index is: up to and including one record of one log, known by its digest.</summary>
internal sealed record IndexState(Guid LogId, long FirstIndex, RecordPlace? Last, byte[] Digest)
{
    /// <summary>Null when the file is new, or of another version.</summary>
    public static IndexState? Read(SqliteConnection connection)
    {
        if (!IndexFile.HasTables(connection))
        {
            return null;
        }

        using var command = connection.CreateCommand();
        command.CommandText = "SELECT log_id, first_index, last_index, last_segment, last_offset, last_digest FROM state";
        using var reader = command.ExecuteReader();
        return !reader.Read() || !Guid.TryParse(reader.GetString(0), out var logId) ? null
            : reader.IsDBNull(2) ? new IndexState(logId, reader.GetInt64(1), null, [])
            : new IndexState(logId, reader.GetInt64(1), new RecordPlace(reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)), reader.GetFieldValue<byte[]>(5));
    }

    public static void Write(SqliteTransaction transaction, RecordPlace last, byte[] digest)
    {
        using var update = transaction.Connection!.CreateCommand();
        update.Transaction = transaction;
        update.CommandText = "UPDATE state SET last_index = $index, last_segment = $segment, last_offset = $offset, last_digest = $digest";
        update.Parameters.AddWithValue("$index", last.Index);
        update.Parameters.AddWithValue("$segment", last.Segment);
        update.Parameters.AddWithValue("$offset", last.Offset);
        update.Parameters.AddWithValue("$digest", digest);
        update.ExecuteNonQuery();
    }
}
