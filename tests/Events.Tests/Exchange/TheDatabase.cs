using Microsoft.Data.Sqlite;

namespace Keten.Events.Tests.Exchange;

/// <summary>An adapter's own database, as an operator may look into it.</summary>
internal static class TheDatabase
{
    public static long Count(TheExchange exchange, TheAdapter adapter, string table, string where = "1 = 1")
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(exchange.Directory, $"{adapter.Oin}.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own words.
        command.CommandText = $"SELECT COUNT(*) FROM {table} WHERE {where}";
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
