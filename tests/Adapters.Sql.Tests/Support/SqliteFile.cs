using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sql.Tests.Support;

/// <summary>The organisation's own writer.</summary>
internal static class SqliteFile
{
    public static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
