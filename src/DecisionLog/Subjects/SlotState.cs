namespace Keten.DecisionLog.Subjects;

internal enum SlotState
{
    /// <summary>Never written.</summary>
    Empty,

    Key,

    /// <summary>The key was destroyed.</summary>
    Erased,

    /// <summary>What stands there is not what was written: records under this number cannot be opened.</summary>
    Damaged,
}
