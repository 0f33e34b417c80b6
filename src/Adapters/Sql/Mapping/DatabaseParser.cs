using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Keten.Adapters.Sdk.Mapping;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Keten.Adapters.Sql.Mapping;

/// <summary>Reads the section <c>database</c>. No message of it repeats any part of the connection.</summary>
internal static partial class DatabaseParser
{
    private static readonly string[] Kinds = ["sqlite", "postgresql"];

    public static DatabaseSettings? Read(YamlMap root, string file, Func<string, string?> variables, Faults faults)
    {
        if (!root.Has("database"))
        {
            faults.Add(root.Line, "database", "missing, and required");
            return null;
        }

        if (root.Map("database") is not { } map)
        {
            return null;
        }

        map.Allow("kind", "connection", "command_timeout_seconds", "time_zone");
        var kind = Kind(map, faults);
        var connection = map.Text("connection", required: true) is { } text ? Substitute(text, map, variables, faults) : null;
        var timeout = Timeout(map, faults);
        var zone = MappingFile.Zone(map, faults);
        if (kind is null || connection is null || timeout is null || zone is null)
        {
            return null;
        }

        return Checked(connection, kind.Value, file) is { } normal
            ? new DatabaseSettings(kind.Value, normal, timeout.Value, zone, map.LineOf("connection"))
            : Fault(map, "connection", kind == DatabaseKind.Sqlite
                ? "not a SQLite connection; expected for instance 'Data Source=/data/cases.db'"
                : "not a PostgreSQL connection; expected for instance 'Host=db;Database=cases;Username=keten;Password=${KETEN_DB_PASSWORD}'", faults);
    }

    private static DatabaseSettings? Fault(YamlMap map, string key, string message, Faults faults)
    {
        faults.Add(map.LineOf(key), map.Key(key), message);
        return null;
    }

    private static DatabaseKind? Kind(YamlMap map, Faults faults)
    {
        switch (map.Text("kind", required: true))
        {
            case "sqlite":
                return DatabaseKind.Sqlite;
            case "postgresql":
                return DatabaseKind.PostgreSql;
            case { } other:
                Fault(map, "kind", $"no such kind{Suggestion.For(other, Kinds)}", faults);
                return null;
            default:
                return null;
        }
    }

    private static TimeSpan? Timeout(YamlMap map, Faults faults)
    {
        if (!map.Has("command_timeout_seconds"))
        {
            return TimeSpan.FromSeconds(5);
        }

        if (int.TryParse(map.Text("command_timeout_seconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 300)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        Fault(map, "command_timeout_seconds", "expected whole seconds, 1 to 300", faults);
        return null;
    }

    private static string? Substitute(string text, YamlMap map, Func<string, string?> variables, Faults faults)
    {
        var complete = true;
        var result = Variable().Replace(text, match =>
        {
            var name = match.Groups[1].Value;
            var value = variables(name);
            if (string.IsNullOrEmpty(value))
            {
                complete = false;
                Fault(map, "connection", $"the environment variable {name} is not set", faults);
            }

            return value ?? "";
        });
        return complete ? result : null;
    }

    private static string? Checked(string connection, DatabaseKind kind, string file)
    {
        try
        {
            if (kind == DatabaseKind.PostgreSql)
            {
                return new NpgsqlConnectionStringBuilder(connection) is { Host.Length: > 0 } postgres ? postgres.ConnectionString : null;
            }

            var sqlite = new SqliteConnectionStringBuilder(connection);
            if (sqlite.DataSource.Length == 0 || sqlite.DataSource.StartsWith(':') || sqlite.DataSource.StartsWith("file:", StringComparison.Ordinal))
            {
                return null;
            }

            sqlite.DataSource = Path.GetFullPath(sqlite.DataSource, Path.GetDirectoryName(Path.GetFullPath(file))!);
            return sqlite.ConnectionString;
        }
        catch (Exception fault) when (fault is ArgumentException or DbException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            // The driver's message repeats parts of the connection; the caller's does not.
            return null;
        }
    }

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();
}
