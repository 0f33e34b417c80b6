using System.Runtime.CompilerServices;
using Google.Protobuf;
using Keten.DecisionLog;
using Keten.Protocol.V1;

namespace Keten.LogTools.Follow;

/// <summary>Waits for what a gateway adds to its log.</summary>
public static class LogFollow
{
    // A file system that tells of no changes is looked at now and then.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Every record from one on, as soon as it is durable, until cancelled. A gateway that stops and starts again is followed on.</summary>
    /// <param name="directory">The directory of one gateway's log.</param>
    /// <param name="from">Index of the first record.</param>
    /// <param name="cancellationToken">Ends it, without an exception.</param>
    /// <exception cref="DecisionLogCorruptedException">A record is damaged or missing.</exception>
    public static async IAsyncEnumerable<(long Index, LogRecord Record)> ReadAsync(
        string directory, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var changed = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(directory) { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.Size };
        watcher.Changed += (_, _) => Tell(changed);
        watcher.Created += (_, _) => Tell(changed);
        watcher.EnableRaisingEvents = true;
        using var tail = new LogTail(directory);
        var (next, seeking) = (from, true);
        while (!cancellationToken.IsCancellationRequested)
        {
            // Only what was acknowledged: a torn tail may be cut and written otherwise.
            var durable = CountFile.Read(directory, LogFiles.MarkName);
            if (seeking && durable > next)
            {
                tail.Seek(next);
                seeking = false;
            }

            tail.Refresh();
            for (; next < durable && !cancellationToken.IsCancellationRequested; next++)
            {
                yield return (next, Parse(tail.Read(), directory));
            }

            await WaitAsync(changed, cancellationToken);
        }
    }

    private static async Task WaitAsync(SemaphoreSlim changed, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(Look, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at the token itself.
        }
    }

    private static LogRecord Parse(DurableRecord record, string directory)
    {
        try
        {
            return record.Read();
        }
        catch (InvalidProtocolBufferException)
        {
            throw new DecisionLogCorruptedException(directory, 0, record.Index, "the payload is no record");
        }
    }

    private static void Tell(SemaphoreSlim changed)
    {
        try
        {
            if (changed.CurrentCount == 0)
            {
                changed.Release();
            }
        }
        catch (ObjectDisposedException)
        {
            // A last change, told after nobody listens.
        }
    }
}
