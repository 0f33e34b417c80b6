using System.Security.Cryptography;
using Keten.Adapters.Sdk.Storage;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>The adapter's key for ids in URLs, made at first use and kept in its database, so that ids live through a restart.</summary>
internal sealed class FhirIdKey(AdapterStore store)
{
    private const int Length = 32;
    private byte[]? _key;

    public static AdapterSchema Schema { get; } = new("fhir", ["CREATE TABLE fhir_id_key (one INTEGER PRIMARY KEY CHECK (one = 1), key BLOB NOT NULL) STRICT"]);

    public async ValueTask<byte[]> GetAsync(CancellationToken cancellationToken) => _key ??= await store.WriteAsync(
        transaction =>
        {
            transaction.Execute("INSERT INTO fhir_id_key VALUES (1, $key) ON CONFLICT DO NOTHING", ("$key", RandomNumberGenerator.GetBytes(Length)));
            return transaction.Scalar<byte[]>("SELECT key FROM fhir_id_key")!;
        },
        cancellationToken);
}
