using Keten.Adapters.Sdk.Storage;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>What the index keeps beside the pseudonyms themselves.</summary>
internal static class PseudonymSchema
{
    public static AdapterSchema Current { get; } = new("pseudonyms",
    [
        """
        -- Tells an unchanged BSN from a corrected one after a restart. A keyed hash whose key is in another file (Adapter:PseudonymIndexKey); without
        -- that key it says nothing, and without such a file there are no rows.
        CREATE TABLE pseudonym_fingerprint (
            client_id   TEXT PRIMARY KEY,
            fingerprint INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """,
    ]);
}
