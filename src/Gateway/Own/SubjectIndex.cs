using System.Text;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.DecisionLog.Retention;
using Keten.Gateway.Following;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Own;

/// <summary>
/// Where in the decision log the records about a person are, so that a question of that person does not read all of it. It holds places and
/// nothing else: a person in it is the number of the key the records are sealed with, and who has that number only the keys know, until the
/// person is erased. The file can be thrown away; it is made again.
/// </summary>
internal sealed class SubjectIndex(SegmentedDecisionLog log, IOptions<DecisionLogOptions> options) : IDecisionLogSubscriber, IDisposable
{
    private const string FileName = "subject-index.db";
    private const int RecordsPerCommit = 1_024;

    // SQLITE_CORRUPT and SQLITE_NOTADB.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    // In the file as user_version. The first had none, and knew a person by a hash of the pseudonym: no erasure could reach that.
    private const long Version = 2;

    private static readonly Task<bool> Done = Task.FromResult(true);

    private readonly Lock _gate = new();
    private readonly string _path = Path.Combine(options.Value.Directory, FileName);

    // Null before the first record, and after a fault until the follower begins again.
    private SqliteConnection? _connection;
    private SqliteTransaction? _transaction;
    private SqliteCommand? _insertDecision;
    private SqliteCommand? _insertOutcome;
    private IOException? _fault;
    private TaskCompletionSource? _moved;
    private long _next;
    private int _uncommitted;

    /// <inheritdoc/>
    public string Name => "subject-index";

    /// <inheritdoc/>
    public long ResumeAt(long next)
    {
        lock (_gate)
        {
            if (_connection is null)
            {
                OpenOrMake();
                if (_next > next)
                {
                    // It is of another log, or knows of more than there is.
                    GiveUp();
                    Delete();
                    OpenOrMake();
                }

                _fault = null;
                Moved();
            }

            return _next;
        }
    }

    /// <inheritdoc/>
    public ValueTask<Task<bool>> TakeAsync(DurableRecord record, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_connection is null)
            {
                throw Closed();
            }

            if (record.Index >= _next)
            {
                Guarded(() => Take(record.Index, record.Read()));
            }
        }

        return ValueTask.FromResult(Done);
    }

    /// <summary>Completes when every record before <paramref name="durable"/> is in the index.</summary>
    public async Task CatchUpAsync(long durable, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                if (_connection is not null && _next >= durable)
                {
                    return;
                }

                moved = (_moved ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Places in the log of the decisions about a person, oldest first, each with its outcome's when there is one.</summary>
    /// <exception cref="IOException">The file, or that of the keys, cannot be read now; the index opens or makes it again when the next record comes.</exception>
    public IReadOnlyList<(long Decision, long? Outcome)> Find(Pseudonym person)
    {
        if (log.Keys.NumberOf(person.Value) is not { } key)
        {
            return [];
        }

        lock (_gate)
        {
            if (_connection is null)
            {
                throw Closed();
            }

            var found = new List<(long, long?)>();
            Guarded(() => Find(key, found));
            return found;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_connection is null)
            {
                return;
            }

            try
            {
                Commit();
            }
            catch (SqliteException)
            {
                // What was not committed comes again from the log at the next start; a file that is still faulty then, it tells of.
            }

            GiveUp();
        }
    }

    private void Find(long key, List<(long Decision, long? Outcome)> found)
    {
        using var find = _connection!.CreateCommand();
        find.Transaction = _transaction;
        find.CommandText = "SELECT d.place, o.place FROM decision d LEFT JOIN outcome o ON o.decision_id = d.decision_id WHERE d.subject_key = $key ORDER BY d.place";
        find.Parameters.AddWithValue("$key", key);
        using var reader = find.ExecuteReader();
        while (reader.Read())
        {
            found.Add((reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1)));
        }
    }

    private void Take(long place, LogRecord record)
    {
        if (record.Decision is { } decision && DecisionLogLines.IsAboutPerson(decision))
        {
            Insert(_insertDecision!, decision.DecisionId, place, record.SubjectKey);
        }
        else if (record.Outcome is { } outcome)
        {
            Insert(_insertOutcome!, outcome.DecisionId, place, subjectKey: null);
        }

        _next = place + 1;
        if (++_uncommitted >= RecordsPerCommit)
        {
            Commit();
            Begin();
        }

        Moved();
    }

    private void Moved()
    {
        _moved?.TrySetResult();
        _moved = null;
    }

    private static void Insert(SqliteCommand insert, string decisionId, long place, long? subjectKey)
    {
        insert.Parameters["$decision"].Value = Guid.TryParse(decisionId, out var id) ? id.ToByteArray(bigEndian: true) : Encoding.UTF8.GetBytes(decisionId);
        insert.Parameters["$place"].Value = place;
        if (subjectKey is not null)
        {
            insert.Parameters["$key"].Value = subjectKey;
        }

        insert.ExecuteNonQuery();
    }

    /// <summary>Does something with the file; when that goes wrong the file is closed, and what is broken is deleted, until <see cref="ResumeAt"/> is asked again.</summary>
    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (SqliteException problem)
        {
            GiveUp();
            if (IsBroken(problem))
            {
                Delete();
            }

            _fault = Unusable(problem);
            throw _fault;
        }
    }

    private void OpenOrMake()
    {
        try
        {
            Open();
        }
        catch (SqliteException problem) when (IsBroken(problem))
        {
            // Nothing is lost that the log does not have.
            GiveUp();
            Delete();
            Guarded(Open);
        }
        catch (SqliteException problem)
        {
            GiveUp();
            throw Unusable(problem);
        }
    }

    private static bool IsBroken(SqliteException problem) => problem.SqliteErrorCode is Corrupt or NotADatabase;

    private static IOException Unusable(SqliteException problem) =>
        new($"{FileName} beside the decision log cannot be used: {problem.Message} Look at the disk and at who may write there; the file may be deleted, it is made again.", problem);

    private IOException Closed() => new($"{FileName} is not open yet.", _fault);

    private void Open()
    {
        Connect();
        if (ReadNumber("PRAGMA user_version") != Version)
        {
            // The whole file, not its tables: what they held would stay in free pages.
            _connection!.Dispose();
            Delete();
            Connect();
        }

        // One transaction: a file of this version is whole.
        Run($"""
            BEGIN;
            CREATE TABLE IF NOT EXISTS decision (subject_key INTEGER NOT NULL, place INTEGER NOT NULL, decision_id BLOB NOT NULL, PRIMARY KEY (subject_key, place)) STRICT, WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS outcome (decision_id BLOB PRIMARY KEY, place INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS position (id INTEGER PRIMARY KEY CHECK (id = 1), next INTEGER NOT NULL) STRICT;
            INSERT INTO position (id, next) VALUES (1, 0) ON CONFLICT DO NOTHING;
            PRAGMA user_version = {Version};
            COMMIT
            """);
        DeleteRetired();
        _next = ReadNumber("SELECT next FROM position");
        _insertDecision = Prepare("INSERT OR IGNORE INTO decision (subject_key, place, decision_id) VALUES ($key, $place, $decision)", "$key", "$place", "$decision");
        _insertOutcome = Prepare("INSERT OR REPLACE INTO outcome (decision_id, place) VALUES ($decision, $place)", "$place", "$decision");
        Begin();
    }

    private void Connect()
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString());
        _connection.Open();

        // A power cut may cost the last rows, which the log has; never the file.
        Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>What retention took from the log goes from here too.</summary>
    private void DeleteRetired()
    {
        if (RetiredNote.Read(options.Value.Directory) is > 0 and var first)
        {
            Run($"DELETE FROM decision WHERE place < {first}; DELETE FROM outcome WHERE place < {first}");
        }
    }

    private void Begin()
    {
        _transaction = _connection!.BeginTransaction();
        _insertDecision!.Transaction = _transaction;
        _insertOutcome!.Transaction = _transaction;
        _uncommitted = 0;
    }

    private void Commit()
    {
        using var move = _connection!.CreateCommand();
        move.Transaction = _transaction;
        move.CommandText = "UPDATE position SET next = $next";
        move.Parameters.AddWithValue("$next", _next);
        move.ExecuteNonQuery();
        _transaction!.Commit();
        _transaction.Dispose();
    }

    /// <summary>Closes the file as it was after the last commit.</summary>
    private void GiveUp()
    {
        var connection = _connection;
        _connection = null;
        _insertDecision?.Dispose();
        _insertOutcome?.Dispose();
        try
        {
            connection?.Dispose();
        }
        catch (SqliteException)
        {
            // The fault that led here says what is wrong; that rolling back fails too adds nothing.
        }
    }

    private void Delete()
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(_path + suffix);
        }
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection!.CreateCommand();
#pragma warning disable CA2100 // Two constant statements.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter(name, null));
        }

        return command;
    }

    private void Run(string script)
    {
        using var command = _connection!.CreateCommand();
#pragma warning disable CA2100 // Scripts of this class, with no more than numbers in them.
        command.CommandText = script;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private long ReadNumber(string query)
    {
        using var command = _connection!.CreateCommand();
#pragma warning disable CA2100 // Two constant queries.
        command.CommandText = query;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
