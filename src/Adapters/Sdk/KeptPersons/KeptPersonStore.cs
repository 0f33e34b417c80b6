using System.Globalization;
using Google.Protobuf;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Storage;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.KeptPersons;

/// <summary>The copies, in the adapter's database.</summary>
internal sealed class KeptPersonStore(AdapterStore store)
{
    private const string Columns = "client_id, source_oin, purpose, subject, request, person, terms, read_at, delete_at";

    /// <summary>All copies there are.</summary>
    public List<KeptCopy> All()
    {
        using var connection = store.OpenConnection();
        return connection.Query($"SELECT {Columns} FROM kept_person ORDER BY client_id", Read);
    }

    /// <summary>One copy; null when there is none, or its term is over at <paramref name="now"/>.</summary>
    public KeptCopy? Find(KeptKey key, DateTimeOffset now)
    {
        using var connection = store.OpenConnection();
        return connection.Query($"SELECT {Columns} FROM kept_person WHERE client_id = $client AND source_oin = $source AND purpose = $purpose", Read, Of(key))
            is [var found] && (found.DeleteAt is not { } end || now < end) ? found : null;
    }

    /// <summary>Keeps what was read, in the place of what was there.</summary>
    public Task<int> PutAsync(KeptCopy copy, CancellationToken cancellationToken) =>
        store.WriteAsync(transaction => Put(transaction, copy, insert: true), cancellationToken);

    /// <summary>Replaces a copy and tells the case system which fields changed. Does nothing when it was dropped or asked for anew meanwhile.</summary>
    public Task<bool> ReplaceAsync(KeptCopy before, KeptCopy after, Notification? told, DateTimeOffset now, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => IsStill(transaction, before) && Put(transaction, after, insert: false) == 1 && (told is null || Inbox.Add(transaction, told, now)),
            cancellationToken);

    /// <summary>Forgets a copy and tells the case system, unless it was dropped or asked for anew meanwhile.</summary>
    public Task<bool> DropAsync(KeptCopy copy, Notification? told, DateTimeOffset now, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => IsStill(transaction, copy) && Drop(transaction, copy.Key) == 1 && (told is null || Inbox.Add(transaction, told, now)), cancellationToken);

    /// <summary>Forgets a copy whatever it holds.</summary>
    public Task<int> DropAsync(KeptKey key, CancellationToken cancellationToken) => store.WriteAsync(transaction => Drop(transaction, key), cancellationToken);

    /// <summary>Forgets copies whose term is over.</summary>
    public Task<int> PurgeAsync(DateTimeOffset now, CancellationToken cancellationToken) => store.WriteAsync(
        transaction => transaction.Execute("DELETE FROM kept_person WHERE delete_at <= $now", ("$now", Text(now))), cancellationToken);

    /// <summary>Within the transaction that ended or erased an involvement: nobody keeps a copy who is not involved any more.</summary>
    public static int DropWithoutInvolvement(SqliteTransaction transaction, string clientId) => transaction.Execute(
        "DELETE FROM kept_person WHERE client_id = $client AND NOT EXISTS (SELECT 1 FROM involvement WHERE client_id = $client AND ended = 0)",
        ("$client", clientId));

    /// <summary>Forgets all copies of a client.</summary>
    public static int DropAll(SqliteTransaction transaction, string clientId) =>
        transaction.Execute("DELETE FROM kept_person WHERE client_id = $client", ("$client", clientId));

    /// <summary>Forgets what is kept in a client's file of a person that the client turned out not to be.</summary>
    public static void DropAbout(SqliteTransaction transaction, string clientId, Subjects stranger)
    {
        foreach (var subject in stranger.All)
        {
            transaction.Execute("DELETE FROM kept_person WHERE client_id = $client AND subject = $subject", ("$client", clientId), ("$subject", subject));
        }
    }

    /// <summary>From now on copies of this client are asked for under another pseudonym of the same person.</summary>
    public static int Move(SqliteTransaction transaction, string clientId, string subject) =>
        transaction.Execute("UPDATE kept_person SET subject = $subject WHERE client_id = $client", ("$client", clientId), ("$subject", subject));

    private static int Drop(SqliteTransaction transaction, KeptKey key) =>
        transaction.Execute("DELETE FROM kept_person WHERE client_id = $client AND source_oin = $source AND purpose = $purpose", Of(key));

    private static bool IsStill(SqliteTransaction transaction, KeptCopy copy) => transaction.Scalar<long?>(
        "SELECT 1 FROM kept_person WHERE client_id = $client AND source_oin = $source AND purpose = $purpose AND read_at = $read",
        [.. Of(copy.Key), ("$read", Text(copy.ReadAt))]) == 1;

    private static int Put(SqliteTransaction transaction, KeptCopy copy, bool insert) => transaction.Execute(
        insert
            ? $"""
               INSERT INTO kept_person ({Columns}) VALUES ($client, $source, $purpose, $subject, $request, $person, $terms, $read, $delete)
               ON CONFLICT (client_id, source_oin, purpose) DO UPDATE
               SET subject = $subject, request = $request, person = $person, terms = $terms, read_at = $read, delete_at = $delete
               """
            : """
              UPDATE kept_person SET subject = $subject, request = $request, person = $person, terms = $terms, read_at = $read, delete_at = $delete
              WHERE client_id = $client AND source_oin = $source AND purpose = $purpose
              """,
        [.. Of(copy.Key), ("$subject", copy.Subject), ("$request", copy.Request.ToByteArray()), ("$person", copy.Person.ToByteArray()),
            ("$terms", copy.Terms.ToByteArray()), ("$read", Text(copy.ReadAt)), ("$delete", copy.DeleteAt is { } end ? Text(end) : null)]);

    private static (string Name, object? Value)[] Of(KeptKey key) => [("$client", key.ClientId), ("$source", key.SourceOin), ("$purpose", key.Purpose)];

    private static KeptCopy Read(SqliteDataReader row) => new(
        new KeptKey(row.GetString(0), row.GetString(1), row.GetString(2)), row.GetString(3),
        KeepPersonRequest.Parser.ParseFrom(row.GetFieldValue<byte[]>(4)), Person.Parser.ParseFrom(row.GetFieldValue<byte[]>(5)),
        Protocol.V1.Disclosure.Parser.ParseFrom(row.GetFieldValue<byte[]>(6)), Time(row.GetString(7)), row.IsDBNull(8) ? null : Time(row.GetString(8)));

    // UTC, so that texts compare as times do.
    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
