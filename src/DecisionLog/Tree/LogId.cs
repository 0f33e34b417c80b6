using Keten.DecisionLog.Retention;

namespace Keten.DecisionLog.Tree;

/// <summary>Which log a directory holds.</summary>
internal static class LogId
{
    /// <summary>The log's id, from its first segment; null while there is no record.</summary>
    public static Guid? Read(string directory)
    {
        if (KeptSegments.Of(directory) is not [var (first, path), ..])
        {
            return null;
        }

        using var cursor = new SegmentCursor(path, SegmentHeader.Size);
        return cursor.HeaderFault is { } fault ? throw new DecisionLogCorruptedException(path, 0, first, fault) : cursor.Header.LogId;
    }
}
