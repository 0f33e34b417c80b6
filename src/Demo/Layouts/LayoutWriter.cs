using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Keten.Demo.Layouts;

/// <summary>Plays the organisation's own case system: the only one that writes into its tables.</summary>
internal sealed class LayoutWriter(SqliteConnection connection, SqliteTransaction transaction, LayoutTables tables)
{
    private long _rowNumber;

    public void Insert(DemoClient client)
    {
        Run($"INSERT INTO {tables.ClientTable} ({tables.ClientColumn}, {tables.BsnColumn}) VALUES (:v0, :v1)", client.ClientId, client.Bsn);
        Update(tables.Naw, client.ClientId, client.Naw.ToDictionary(n => n.Key, object? (n) => n.Value));
        Update(tables.Facts, client.ClientId, Facts(client));
        InsertRows(tables.Household, client.ClientId, client.Household);
        InsertRows(tables.Involvement, client.ClientId, client.Involvements);
        InsertRows(tables.Plan, client.ClientId, client.Plan);
        InsertRows(tables.CrisisIntake, client.ClientId, client.CrisisIntakes);
    }

    public void UpdatePerson(string clientId, IReadOnlyDictionary<string, object?> values)
    {
        using (var known = Command($"SELECT COUNT(*) FROM {tables.ClientTable} WHERE {tables.ClientColumn} = :v0", clientId))
        {
            if ((long)known.ExecuteScalar()! == 0)
            {
                throw new ArgumentException("there is no such client", nameof(clientId));
            }
        }

        Update(tables.Naw, clientId, values);

        // What the policy goes by must not stay behind: an address that became secret is secret at once.
        Update(tables.Facts, clientId, values.Where(v => v.Key is "secret_address" or "birth_date").ToDictionary());
    }

    /// <summary>Sets what only this organisation knows for the policy.</summary>
    public void UpdateFacts(string clientId, IReadOnlyDictionary<string, object?> values) => Update(tables.Facts, clientId, values);

    /// <summary>Sets fields of one client, in whatever rows they live; null empties.</summary>
    private void Update(IReadOnlyList<Place> places, string clientId, IReadOnlyDictionary<string, object?> values)
    {
        foreach (var (field, value) in values)
        {
            var place = Find(places, field);
            var row = place.Row is { } mark ? $" AND {mark.Column} = :v2" : "";
            object?[] parameters = place.Row is { } other ? [Encoded(place, value), clientId, other.Value] : [Encoded(place, value), clientId];
            if (Run($"UPDATE {place.Table} SET {place.Column} = :v0 WHERE {tables.ClientColumn} = :v1{row}", parameters) == 0)
            {
                var (column, name) = place.Row is { } extra ? ($", {extra.Column}", ", :v2") : ("", "");
                Run($"INSERT INTO {place.Table} ({place.Column}, {tables.ClientColumn}{column}) VALUES (:v0, :v1{name})", parameters);
            }
        }
    }

    private void InsertRows(IReadOnlyList<Place> places, string clientId, IReadOnlyList<IReadOnlyDictionary<string, object>> rows)
    {
        foreach (var row in rows)
        {
            InsertRow(places, clientId, row);
        }
    }

    private void InsertRow(IReadOnlyList<Place> places, string clientId, IReadOnlyDictionary<string, object> values)
    {
        var columns = new List<string> { tables.RowNumber, tables.ClientColumn };
        var parameters = new List<object?> { ++_rowNumber, clientId };
        foreach (var (field, value) in values)
        {
            var place = Find(places, field);
            columns.Add(place.Column);
            parameters.Add(Encoded(place, value));
        }

        var names = parameters.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $":v{i}"));
        Run($"INSERT INTO {places[0].Table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", names)})", [.. parameters]);
    }

    private static Dictionary<string, object?> Facts(DemoClient client)
    {
        var (facts, naw) = (client.Facts, client.Naw);
        var values = new Dictionary<string, object?>
        {
            ["secret_address"] = facts.SecretAddress ?? naw.GetValueOrDefault("secret_address"),
            ["inspection_restricted"] = facts.InspectionRestricted,
            ["child_objects"] = facts.ChildObjects,
            ["birth_date"] = facts.BirthDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? naw.GetValueOrDefault("birth_date"),
            ["consent"] = facts.Consent,
        };
        foreach (var (state, value) in facts.States)
        {
            values["states." + state] = value;
        }

        return values.Where(v => v.Value is not null).ToDictionary();
    }

    private static Place Find(IReadOnlyList<Place> places, string field) =>
        places.FirstOrDefault(p => p.Field == field) ?? throw new ArgumentException($"the demo's tables have no place for '{field}'", nameof(field));

    private object? Encoded(Place place, object? value)
    {
        if (value is null)
        {
            return null;
        }

        try
        {
            var encoded = place.Encode(Encode.Plain(value));
            return place.Keys is { } keys ? KeyOf(keys, encoded) : encoded;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            // The value may be somebody's; the field is enough to find it in the scenario.
            throw new ArgumentException($"the value of '{place.Field}' does not fit the catalogue");
        }
    }

    private long KeyOf((string Table, string Id, string Text) keys, object text)
    {
        Run($"INSERT INTO {keys.Table} ({keys.Text}) VALUES (:v0) ON CONFLICT DO NOTHING", text);
        using var command = Command($"SELECT {keys.Id} FROM {keys.Table} WHERE {keys.Text} = :v0", text);
        return (long)command.ExecuteScalar()!;
    }

    private int Run(string sql, params object?[] values)
    {
        using var command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params object?[] values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;

        // Names come from the tables of this folder, values are parameters.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $":v{i}"), values[i] ?? DBNull.Value);
        }

        return command;
    }
}
