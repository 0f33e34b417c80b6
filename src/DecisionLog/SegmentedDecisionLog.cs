using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.WellKnownTypes;
using Keten.DecisionLog.Subjects;
using Keten.Protocol.V1;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Keten.DecisionLog;

/// <summary>
/// Group commit: appending threads put encoded records into the open batch; one writer thread takes the batch, writes it with one write and
/// one sync, and completes one task for all. While it syncs, the next batch fills. No timer and no size decides when: the disk's own pace does.
/// </summary>
internal sealed partial class SegmentedDecisionLog : IDecisionLog, IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    private readonly DecisionLogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<SafeFileHandle> _sync;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _work = new(false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DirectoryLock? _lock;
    private CountFile? _mark;
    private SegmentWriter? _segments;
    private SubjectKeyStore? _keys;
    private ITimer? _watchdog;

    // Under the gate.
    private LogBatch _open = new();
    private LogBatch? _writing;
    private LogBatch? _spare = new();
    private bool _accepting;
    private bool _stalled;

    // Written by the writer thread, read by followers.
    private long _durable;

    // The writer thread's own.
    private Exception? _failure;
    private long _failedAt;

    public SegmentedDecisionLog(
        DecisionLogOptions options, TimeProvider time, ILogger<SegmentedDecisionLog> logger, Action<SafeFileHandle>? sync = null)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _sync = sync ?? NativeFile.SyncData;
    }

    /// <summary>How many records are on stable storage.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>The keys of the persons on this log; once it is open.</summary>
    public SubjectKeyStore Keys => _keys ?? throw new IOException("The decision log is not open.");

    /// <summary>There are more. Raised by the writer thread after those who wait were answered: a handler only wakes somebody.</summary>
    public event Action? Appended;

    /// <summary>Takes the directory, recovers, and starts writing.</summary>
    /// <exception cref="IOException">Another writer has the directory, the log is damaged, or the disk cannot be written.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogFiles.CreateDirectory(_options.Directory);
        _lock = DirectoryLock.Take(_options.Directory);
        try
        {
            Open();
        }
        catch
        {
            Release();
            throw;
        }

        new Thread(Run) { IsBackground = true, Name = "decision log" }.Start();
        var period = TimeSpan.FromMilliseconds(Math.Clamp(_options.AppendTimeout.TotalMilliseconds / 8, 10, 250));
        _watchdog = _time.CreateTimer(_ => RefuseLate(), null, period, period);
        lock (_gate)
        {
            _accepting = true;
        }

        return Task.CompletedTask;
    }

    /// <summary>Nothing: requests may still be ending. The log closes when it is disposed.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes no more records, writes what came in, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        bool running;
        lock (_gate)
        {
            running = _accepting;
            _accepting = false;
        }

        if (running)
        {
            _work.Set();
            await _ended.Task.ConfigureAwait(false);
            await _watchdog!.DisposeAsync().ConfigureAwait(false);
            _work.Dispose();
        }
    }

    private void Open()
    {
        var found = LogRecovery.Read(_options.Directory);
        _segments = new SegmentWriter(_options, found.LogId, found.Count, _time, _sync);
        if (found.LastSegment is { } path)
        {
            _segments.Continue(path, found.Offset, found.MadeAt);
        }

        if (found.TornTail is { } tail)
        {
            Log.TailCut(_logger, tail.Bytes, tail.Segment, tail.Offset, tail.NextIndex, tail.Fault);
        }

        _keys = SubjectKeyStore.Open(_options.Directory, _options.MaxPending, _time, _sync);
        if (_keys.Damaged > 0)
        {
            Log.KeysDamaged(_logger, _keys.Damaged, SubjectKeyFile.Name);
        }

        _mark = CountFile.Open(_options.Directory, LogFiles.MarkName);
        _mark.Write(found.Count);
        Volatile.Write(ref _durable, found.Count);
        Log.Opened(_logger, _options.Directory, found.LogId, found.Count);
    }

    // What a writer that is closing down meets is told to the log and goes no further: what was acknowledged is on the disk already.
    [SuppressMessage("Design", "CA1031", Justification = "The thread's outermost frame: whatever happens, those who wait are answered.")]
    private void Run()
    {
        try
        {
            do
            {
                _work.WaitOne();
                while (TakeBatch() is { } batch)
                {
                    Write(batch);
                    GiveBack(batch);
                }
            }
            while (IsAccepting());

            _mark!.Sync();
            Release();
            _ended.SetResult();
        }
        catch (Exception exception)
        {
            Log.ClosedBadly(_logger, exception);
            Abandon(exception);
            _ended.SetResult();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps a batch from the disk, all who wait for it are refused.")]
    private void Write(LogBatch batch)
    {
        try
        {
            if (_failure is not null)
            {
                if (_time.GetElapsedTime(_failedAt) < RetryInterval)
                {
                    batch.Refuse(Unavailable(_failure));
                    return;
                }

                _segments!.Restore();
            }

            // The keys first: no record is acknowledged whose key could be lost.
            _keys!.Commit();
            _segments!.Append(batch);
            _mark!.Write(_segments.Count);
            if (_failure is not null)
            {
                _failure = null;
                Log.Recovered(_logger, _segments.Count);
            }

            if (!batch.Acknowledge())
            {
                Log.WrittenLate(_logger, batch.Count);
            }

            Volatile.Write(ref _durable, _segments.Count);
            Appended?.Invoke();
        }
        catch (Exception exception)
        {
            if (_failure is null)
            {
                Log.Failed(_logger, _options.Directory, exception);
            }

            _failure = exception;
            _failedAt = _time.GetTimestamp();
            batch.Refuse(Unavailable(exception));
        }
    }

    private LogBatch? TakeBatch()
    {
        lock (_gate)
        {
            if (_open.Count == 0)
            {
                return null;
            }

            _writing = _open;
            _open = _spare ?? new LogBatch();
            _spare = null;
            return _writing;
        }
    }

    private void GiveBack(LogBatch batch)
    {
        lock (_gate)
        {
            // Inside the gate, where the watchdog cannot meet the batch half renewed.
            batch.Reset();
            _writing = null;
            _spare = batch;
            _stalled = false;
        }
    }

    private bool IsAccepting()
    {
        lock (_gate)
        {
            // Records that came in with the last moment of accepting are still written.
            return _accepting || _open.Count > 0;
        }
    }

    /// <summary>The watchdog: whoever has waited longer than the limit is refused, though the disk may still answer.</summary>
    private void RefuseLate()
    {
        lock (_gate)
        {
            if (_writing is { Count: > 0 } writing && IsLate(writing))
            {
                _stalled = true;
                if (writing.Refuse(Late()))
                {
                    Log.Stalled(_logger, writing.Count, _options.AppendTimeout);
                }
            }

            if (_open.Count > 0 && IsLate(_open))
            {
                // Not begun yet, so it is not written at all.
                var late = _open;
                _open = new LogBatch();
                late.Refuse(Late());
            }
        }
    }

    private bool IsLate(LogBatch batch) => _time.GetElapsedTime(batch.OldestAt) >= _options.AppendTimeout;

    private IOException Late() =>
        new($"The disk of the decision log did not answer within {_options.AppendTimeout} (DecisionLog:AppendTimeout).");

    private static IOException Unavailable(Exception cause) => new("The decision log cannot be written: " + cause.Message, cause);

    private void Abandon(Exception cause)
    {
        lock (_gate)
        {
            _accepting = false;
            _writing?.Refuse(Unavailable(cause));
            _open.Refuse(Unavailable(cause));
            _lock?.Dispose();
        }
    }

    private void Release()
    {
        try
        {
            _segments?.Dispose();
        }
        finally
        {
            _keys?.Dispose();
            _mark?.Dispose();
            _lock?.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2000, LogLevel.Information, "Decision log {LogId} in {Directory} is open with {Count} records")]
        public static partial void Opened(ILogger logger, string directory, Guid logId, long count);

        [LoggerMessage(2001, LogLevel.Warning,
            "Cut {Bytes} bytes that were never acknowledged from {Segment} at offset {Offset}, where record {Index} would be: {Fault}")]
        public static partial void TailCut(ILogger logger, long bytes, string segment, long offset, long index, string fault);

        [LoggerMessage(2002, LogLevel.Critical, "The decision log in {Directory} cannot be written; requests are refused until it can")]
        public static partial void Failed(ILogger logger, string directory, Exception exception);

        [LoggerMessage(2003, LogLevel.Warning, "The decision log is written again, after {Count} records")]
        public static partial void Recovered(ILogger logger, long count);

        [LoggerMessage(2004, LogLevel.Critical, "The disk of the decision log did not answer within {Limit}; {Count} appends are refused")]
        public static partial void Stalled(ILogger logger, int count, TimeSpan limit);

        [LoggerMessage(2005, LogLevel.Warning, "{Count} records were written after their requests had been refused")]
        public static partial void WrittenLate(ILogger logger, int count);

        [LoggerMessage(2006, LogLevel.Error, "A record was refused: field {Field} holds a number that passes the elfproef")]
        public static partial void BsnRefused(ILogger logger, string field);

        [LoggerMessage(2007, LogLevel.Error, "The decision log did not close cleanly; what was acknowledged is on the disk")]
        public static partial void ClosedBadly(ILogger logger, Exception exception);

        [LoggerMessage(2008, LogLevel.Error, "{Count} keys in {File} are not as they were written; what was sealed with them cannot be opened")]
        public static partial void KeysDamaged(ILogger logger, int count, string file);
    }
}
