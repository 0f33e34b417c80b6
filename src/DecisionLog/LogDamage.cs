namespace Keten.DecisionLog;

/// <summary>What can be wrong with a log.</summary>
public enum LogDamage
{
    /// <summary>Bytes were changed: a sum does not match.</summary>
    Changed,

    /// <summary>Records or segments stand in another place than they were written.</summary>
    Reordered,

    /// <summary>The last records are gone.</summary>
    TailCut,

    /// <summary>A segment between others is gone.</summary>
    SegmentMissing,

    /// <summary>A segment, a checkpoint or a copy is of another log.</summary>
    OtherLog,

    /// <summary>A record is whole by its own sums, and is not the one the tree was made of.</summary>
    RecordRewritten,

    /// <summary>A tile is missing, or is not of these records; the records are as they were.</summary>
    TileChanged,

    /// <summary>A checkpoint is missing, unreadable, or not signed by the key it should be signed by.</summary>
    CheckpointForged,

    /// <summary>A witness that was asked for did not sign.</summary>
    NotWitnessed,

    /// <summary>Two histories of one log: a signed checkpoint, or a copy, that these records are no continuation of.</summary>
    Fork,
}
