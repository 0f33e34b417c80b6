using Keten.DecisionLog;
using Keten.DecisionLog.Retention;
using Keten.DecisionLog.Subjects;

namespace Keten.LogTools.Query;

/// <summary>Which log a directory holds.</summary>
/// <param name="LogId">The same in all its segments.</param>
/// <param name="FirstIndex">Index of the oldest record that is still there.</param>
/// <param name="HasKeys">This user may read the keys of the persons; else what tells of a person stays sealed.</param>
public sealed record LogHead(Guid LogId, long FirstIndex, bool HasKeys)
{
    /// <summary>Null when there is no segment yet.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="DecisionLogCorruptedException">The first segment is none.</exception>
    public static LogHead? Read(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"There is no decision log in {directory}: the directory does not exist.");
        }

        if (KeptSegments.Of(directory) is not [var (first, path), ..])
        {
            return null;
        }

        using var cursor = new LogScan(acknowledged: 0).Open(first, path, SegmentHeader.Size);
        using var keys = SubjectKeyFile.TryOpenForReading(directory);
        return new LogHead(cursor.Header.LogId, first, keys is not null);
    }
}
