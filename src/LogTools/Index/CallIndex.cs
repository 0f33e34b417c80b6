using System.Security.Cryptography;
using Keten.DecisionLog;
using Keten.LogTools.Query;
using Microsoft.Data.Sqlite;

namespace Keten.LogTools.Index;

/// <summary>
/// An index over one log, in an SQLite file that may be thrown away at any time: without it a query is slower, never different. It holds where
/// records stand and digests of what is asked for most, and nothing that tells of a person, so that who is erased from the log is not left here.
/// What it points to is read from the log, and judged there.
/// </summary>
public sealed class CallIndex : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _directory;

    private CallIndex(SqliteConnection connection, string directory)
    {
        _connection = connection;
        _directory = directory;
    }

    /// <summary>Opens or makes the index and brings it up to the end of the log. One that is of another log, or behind what the log was, is built anew.</summary>
    /// <param name="directory">The directory of one gateway's log, with at least one segment.</param>
    /// <param name="file">The index file.</param>
    /// <param name="progress">Told the index of the last record that was taken in.</param>
    /// <param name="onTornTail">As for <see cref="DecisionLogReader"/>.</param>
    /// <param name="cancellationToken">Stops the building; what was built stays.</param>
    /// <exception cref="IndexUnusableException">The file is something else, or cannot be written.</exception>
    /// <exception cref="DecisionLogCorruptedException">A record is damaged or missing.</exception>
    public static CallIndex Open(string directory, string file, Action<long>? progress, Action<TornTail>? onTornTail, CancellationToken cancellationToken)
    {
        var log = LogHead.Read(directory) ?? throw new InvalidOperationException($"{directory} has no segment yet.");
        SqliteConnection? connection = null;
        try
        {
            connection = IndexFile.Open(file);
            if (!IsOf(connection, log, directory))
            {
                IndexFile.Empty(connection, log.LogId);
            }

            new CallIndexBuilder(connection, directory).Extend(log, progress, onTornTail, cancellationToken);
            return new CallIndex(connection, directory);
        }
        catch (Exception problem) when (problem is SqliteException or IOException and not DecisionLogCorruptedException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new IndexUnusableException(file, problem);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>The calls <see cref="CallScan"/> gives, in the same order.</summary>
    /// <exception cref="DecisionLogCorruptedException">A record is not where it was.</exception>
    public IEnumerable<LoggedCall> Read(LogFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Places(filter).Select(Load).Where(filter.Matches);
    }

    /// <summary>The decision, whether it was permitted or not; null when the log has none of this id.</summary>
    public LoggedCall? Find(string decisionId) => Read(new LogFilter { DecisionId = decisionId }).FirstOrDefault();

    public void Dispose()
    {
        _records?.Dispose();
        _connection.Dispose();
    }

    private RecordsByPlace? _records;

    private LoggedCall Load((RecordPlace Decision, RecordPlace? Outcome) call)
    {
        _records ??= new RecordsByPlace(_directory);
        return new LoggedCall(Load(call.Decision), call.Outcome is { } outcome ? Load(outcome) : null);
    }

    private DecisionLogEntry Load(RecordPlace place) => _records!.TryRead(place) ?? throw new DecisionLogCorruptedException(
        LogFiles.SegmentPath(_directory, place.Segment), place.Offset, place.Index,
        "the index points here and the record does not stand here: verify the log (keten log verify), and throw the index away");

    private IEnumerable<(RecordPlace Decision, RecordPlace? Outcome)> Places(LogFilter filter)
    {
        using var command = CallIndexQuery.Of(_connection, filter, _directory);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return (
                new RecordPlace(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)),
                reader.IsDBNull(3) ? null : new RecordPlace(reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5)));
        }
    }

    /// <summary>Of this log, and the last record it took in still stands there.</summary>
    private static bool IsOf(SqliteConnection connection, LogHead log, string directory)
    {
        if (IndexState.Read(connection) is not { } state || state.LogId != log.LogId)
        {
            return false;
        }

        using var records = new RecordsByPlace(directory);
        return state.Last is not { } last || (records.TryRead(last) is { } entry && SHA256.HashData(entry.Payload.Span).AsSpan().SequenceEqual(state.Digest));
    }
}
