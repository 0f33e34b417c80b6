using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Keten.LogTools.Reconcile;

/// <summary>
/// An adapter's own record of what it disclosed, read from its database and never written to; the adapter may be running. Columns are asked for
/// by name: there may be more.
/// </summary>
internal sealed class AdapterRecord : IDisposable
{
    private const string FileName = "adapter.db";
    private const string Columns = "decision_id, sequence, transaction_id, occurred_at, caller_oin, operation, purpose, allowed, reason_code, fields";

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _find;

    private AdapterRecord(string name, SqliteConnection connection)
    {
        Name = name;
        _connection = connection;
        _find = connection.CreateCommand();
        _find.CommandText = $"SELECT {Columns} FROM disclosure WHERE decision_id = $id ORDER BY sequence";
        _find.Parameters.Add("$id", SqliteType.Text);
    }

    /// <summary>As it was given.</summary>
    public string Name { get; }

    /// <summary>Opens the database of an adapter.</summary>
    /// <param name="path">Its directory, which holds adapter.db, or the file itself.</param>
    /// <exception cref="InvalidDataException">There is none, or it is no adapter's.</exception>
    public static AdapterRecord Open(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        if (!File.Exists(file))
        {
            throw new InvalidDataException($"{path}: there is no {FileName}. Give the directory of an adapter's database (Adapter:Database), or the file itself.");
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            connection.Open();
            var record = new AdapterRecord(path, connection);
            record._find.Parameters["$id"].Value = "";
            using var probe = record._find.ExecuteReader();
            return record;
        }
        catch (SqliteException problem)
        {
            connection.Dispose();
            throw new InvalidDataException($"{file} is no adapter's database that can be read: {problem.Message.TrimEnd('.')}. It needs the table 'disclosure'.", problem);
        }
    }

    /// <summary>When its oldest line was written: older ones may have been taken away when their term was over. Null: it has no line.</summary>
    public DateTimeOffset? Oldest()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT min(occurred_at) FROM disclosure";
        return command.ExecuteScalar() is string moment ? Moment(moment) : null;
    }

    /// <summary>All lines of one decision.</summary>
    public List<AdapterLine> Find(string decisionId)
    {
        _find.Parameters["$id"].Value = decisionId;
        using var reader = _find.ExecuteReader();
        var lines = new List<AdapterLine>();
        while (reader.Read())
        {
            lines.Add(Line(reader));
        }

        return lines;
    }

    /// <summary>All lines, those of one decision together.</summary>
    public IEnumerable<List<AdapterLine>> ByDecision()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM disclosure ORDER BY decision_id, sequence";
        using var reader = command.ExecuteReader();
        var lines = new List<AdapterLine>();
        while (reader.Read())
        {
            var line = Line(reader);
            if (lines.Count > 0 && lines[0].DecisionId != line.DecisionId)
            {
                yield return lines;
                lines = [];
            }

            lines.Add(line);
        }

        if (lines.Count > 0)
        {
            yield return lines;
        }
    }

    public void Dispose()
    {
        _find.Dispose();
        _connection.Dispose();
    }

    private static AdapterLine Line(SqliteDataReader reader) => new(
        reader.GetString(0), reader.GetInt64(1), reader.GetString(2),
        Moment(reader.GetString(3)),
        reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.GetInt64(7) != 0, reader.GetString(8),
        JsonSerializer.Deserialize<string[]>(reader.GetString(9)) ?? []);

    private static DateTimeOffset Moment(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
