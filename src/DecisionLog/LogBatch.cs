namespace Keten.DecisionLog;

/// <summary>The records of one write and one sync. All who wait for them wait for one task, so that an append allocates nothing of its own.</summary>
internal sealed class LogBatch
{
    // A burst may make it grow; a batch that goes back for reuse is not kept larger than this.
    private const int KeptBytes = 4 << 20;

    private byte[] _buffer = new byte[64 << 10];
    private TaskCompletionSource _done = New();

    public int Count { get; private set; }

    public int Bytes { get; private set; }

    /// <summary>Moment the first record came in, in ticks of the time provider.</summary>
    public long OldestAt { get; private set; }

    public Task Done => _done.Task;

    public void Add(ReadOnlySpan<byte> payload, uint payloadSum, long now)
    {
        var end = Bytes + RecordFrame.Size + payload.Length;
        if (end > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(end, _buffer.Length * 2));
        }

        RecordFrame.Begin(_buffer.AsSpan(Bytes), payload.Length, payloadSum);
        payload.CopyTo(_buffer.AsSpan(Bytes + RecordFrame.Size));
        OldestAt = Count == 0 ? now : OldestAt;
        Bytes = end;
        Count++;
    }

    /// <summary>Numbers the records, after those that are durable, and closes their sums; returns what is to be written.</summary>
    public ReadOnlySpan<byte> Number(long durable)
    {
        var at = 0;
        for (var i = 0; i < Count; i++)
        {
            at += RecordFrame.Size + RecordFrame.Complete(_buffer.AsSpan(at), durable + i, durable);
        }

        return _buffer.AsSpan(0, Bytes);
    }

    /// <summary>False when the waiting ones were told otherwise before.</summary>
    public bool Acknowledge() => _done.TrySetResult();

    public bool Refuse(Exception cause)
    {
        if (!_done.TrySetException(cause))
        {
            return false;
        }

        // Observed here too: a caller that went away leaves no unobserved exception behind.
        _ = _done.Task.Exception;
        return true;
    }

    public void Reset()
    {
        Count = 0;
        Bytes = 0;
        _done = New();
        _buffer = _buffer.Length > KeptBytes ? new byte[64 << 10] : _buffer;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
