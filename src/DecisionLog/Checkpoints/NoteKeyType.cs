namespace Keten.DecisionLog.Checkpoints;

/// <summary>What a key signs with; the value is the type byte of c2sp.org/signed-note.</summary>
public enum NoteKeyType
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Ed25519 over the text: how a log signs.</summary>
    Log = 1,

    /// <summary>Ed25519 over the text and a time (c2sp.org/tlog-cosignature, v1): how a witness signs.</summary>
    Witness = 4,
}
