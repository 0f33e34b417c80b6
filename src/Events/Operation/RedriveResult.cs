namespace Keten.Events.Operation;

/// <summary>What came of giving a letter another chance.</summary>
public enum RedriveResult
{
    /// <summary>It stands at the end of its topic again.</summary>
    Redriven,

    /// <summary>A newer report on the same involvement follows it: it would only undo that one in the compacted topic.</summary>
    Superseded,

    /// <summary>
    /// Older than <see cref="DeadLetterBox.Term"/>: its involvement may have been erased since, with nothing left anywhere to tell so, and would count again.
    /// </summary>
    TooOld,

    /// <summary>The letter does not hold the record, or not where it came from.</summary>
    WithoutContent,

    /// <summary>It is no report but a record of the gateway's own that nobody could read: nobody else may write there, and read again it says the same.</summary>
    NoReport,
}
