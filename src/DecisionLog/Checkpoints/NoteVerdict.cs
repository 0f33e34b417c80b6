namespace Keten.DecisionLog.Checkpoints;

/// <summary>What a key says of a note.</summary>
public enum NoteVerdict
{
    /// <summary>No line is of this key.</summary>
    NotSigned,

    /// <summary>A line is of this key, and its signature is right.</summary>
    Signed,

    /// <summary>A line says it is of this key, and its signature is wrong: the note as a whole is not to be used.</summary>
    Forged,
}
