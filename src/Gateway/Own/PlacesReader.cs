using Keten.DecisionLog;
using Keten.DecisionLog.Retention;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own;

/// <summary>Reads records at known places of the log. A segment is gone through once at most, and one without a place not at all.</summary>
internal static class PlacesReader
{
    /// <summary>The records by place. What was removed with its segment, when its term was over, is absent.</summary>
    /// <param name="directory">Directory of the log.</param>
    /// <param name="places">Places of durable records.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DecisionLogCorruptedException">A record or a segment on the way is damaged or missing.</exception>
    public static IReadOnlyDictionary<long, LogRecord> Read(string directory, IEnumerable<long> places, CancellationToken cancellationToken)
    {
        var found = new Dictionary<long, LogRecord>();
        var firsts = KeptSegments.Of(directory).ConvertAll(segment => segment.FirstIndex);
        LogTail? tail = null;
        try
        {
            long next = -1;
            foreach (var place in places.Distinct().Order())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var first = firsts.FindLast(index => index <= place);
                if (firsts.Count == 0 || place < firsts[0])
                {
                    continue;
                }

                if (tail is null || next < first)
                {
                    // A tail goes on from where it is; over a gap of segments another takes its place.
                    tail?.Dispose();
                    tail = new LogTail(directory);
                    tail.Seek(place);
                }

                DurableRecord record;
                do
                {
                    record = tail.Read();
                    next = record.Index + 1;
                }
                while (record.Index < place);
                found[place] = record.Read();
            }
        }
        finally
        {
            tail?.Dispose();
        }

        return found;
    }
}
