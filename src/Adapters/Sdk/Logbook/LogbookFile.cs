using Keten.Adapters.Sdk.Services;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Keten.Policy;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>Reads what an adapter's database has about a person without the adapter, also while it runs: for an answer made by hand.</summary>
public static class LogbookFile
{
    /// <summary>What the file has about the person.</summary>
    /// <param name="path">An adapter's database.</param>
    /// <param name="self">The organisation whose it is; the file does not say.</param>
    /// <param name="selfType">Its type of the register.</param>
    /// <param name="subject">The person.</param>
    /// <param name="now">From when terms are counted.</param>
    /// <exception cref="InvalidDataException">It is no database of an adapter, or of an older version.</exception>
    public static PersonLogbook Read(string path, Oin self, string selfType, Pseudonym subject, DateTimeOffset now)
    {
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            var shielded = ShieldedPersons.Contains(connection, subject.Value);
            return new PersonLogbook(shielded,
                [.. SubjectLines.Read(connection, self.Value, selfType, subject.Value, DateTimeOffset.MaxValue).Select(line => (line.Line, line.AsQuestion(shielded, now)))]);
        }
        catch (SqliteException fault)
        {
            throw new InvalidDataException(
                $"{path} cannot be read as an adapter's database (SQLite {fault.SqliteErrorCode}): give the file of Adapter:Database, opened once by this version.", fault);
        }
    }
}
