using Keten.DecisionLog;
using Keten.DecisionLog.Retention;

namespace Keten.LogTools.Follow;

/// <summary>The newest records of a log.</summary>
public static class LogEnd
{
    /// <summary>The last <paramref name="count"/> records, oldest first; reads no more segments than it needs.</summary>
    /// <exception cref="DecisionLogCorruptedException">A record is damaged or missing.</exception>
    public static IReadOnlyList<DecisionLogEntry> Read(string directory, int count, Action<TornTail>? onTornTail = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"There is no decision log in {directory}: the directory does not exist.");
        }

        // The last segment may hold none yet: so many before its beginning is enough in any case.
        var from = KeptSegments.Of(directory) is [.., var (last, _)] ? Math.Max(0, last - count) : 0;
        var newest = new Queue<DecisionLogEntry>();
        foreach (var entry in DecisionLogReader.ReadEntries(directory, from, onTornTail))
        {
            newest.Enqueue(entry);
            if (newest.Count > count)
            {
                newest.Dequeue();
            }
        }

        return [.. newest];
    }
}
