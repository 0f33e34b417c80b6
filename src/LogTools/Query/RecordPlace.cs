using Keten.DecisionLog;

namespace Keten.LogTools.Query;

/// <summary>Where a record stands.</summary>
/// <param name="Index">In the whole log.</param>
/// <param name="Segment">Index of the first record of its segment, which is the segment's name.</param>
/// <param name="Offset">Of its frame in the segment.</param>
internal readonly record struct RecordPlace(long Index, long Segment, long Offset)
{
    public static RecordPlace Of(DecisionLogEntry entry) => new(entry.Index, LogFiles.FirstIndexOf(entry.Segment), entry.Offset);
}
