namespace Keten.DecisionLog;

/// <summary>Walks the frames of a log in order, and decides at the first one that is not whole: a clean end, a torn tail, or damage.</summary>
internal sealed class LogScan(long acknowledged)
{
    private Guid? _logId;

    /// <summary>Where the next frame is expected in the segment that is open.</summary>
    public long Offset { get; private set; }

    /// <summary>Index the next frame must have; null before the first segment.</summary>
    public long? NextIndex { get; private set; }

    /// <summary>The log all segments so far belong to; null before the first.</summary>
    public Guid? LogId => _logId;

    /// <summary>What follows the last whole record of the last segment; null when nothing does.</summary>
    public TornTail? TornTail { get; private set; }

    /// <summary>Opens the next segment and checks that it follows the one before.</summary>
    public SegmentCursor Open(long firstIndex, string path, int readAhead = SegmentCursor.Far)
    {
        var cursor = new SegmentCursor(path, readAhead);
        var fault = cursor.HeaderFault;
        var what = LogDamage.Changed;
        if (fault is null && cursor.Header.FirstIndex != firstIndex)
        {
            (fault, what) = ($"the header says it begins with record {cursor.Header.FirstIndex}", LogDamage.Reordered);
        }
        else if (fault is null && NextIndex is { } next && next != firstIndex)
        {
            (fault, what) = ($"the segment that begins with record {next} is missing", LogDamage.SegmentMissing);
        }
        else if (fault is null && _logId is { } id && id != cursor.Header.LogId)
        {
            (fault, what) = ("this segment is of another log", LogDamage.OtherLog);
        }

        if (fault is not null)
        {
            cursor.Dispose();
            throw new DecisionLogCorruptedException(path, 0, NextIndex ?? firstIndex, fault, what);
        }

        _logId = cursor.Header.LogId;
        NextIndex = firstIndex;
        Offset = SegmentHeader.Size;
        return cursor;
    }

    /// <summary>The next record; false at the end of the segment.</summary>
    /// <exception cref="DecisionLogCorruptedException">An acknowledged record is damaged or missing.</exception>
    public bool TryNext(SegmentCursor cursor, bool isLast, out (long Offset, long Index) place, out byte[] payload)
    {
        var index = NextIndex ?? throw new InvalidOperationException("No segment is open.");
        place = (Offset, index);
        if (!TryRead(cursor, index, out payload, out var fault) && !WasFinishedMeanwhile(cursor, isLast, index, fault, out payload))
        {
            return false;
        }

        NextIndex = index + 1;
        Offset += RecordFrame.Size + payload.Length;
        return true;
    }

    /// <summary>Judges what is not a whole record: false at an end, clean or torn; true when a writer has finished it since it was read.</summary>
    private bool WasFinishedMeanwhile(SegmentCursor cursor, bool isLast, long index, string? fault, out byte[] payload)
    {
        payload = [];
        if (fault is null)
        {
            // A sealed segment that ends too early shows at the next one, whose first index does not follow.
            return isLast && index < acknowledged
                ? throw Damaged(cursor, index, $"the log ends here, but {acknowledged} records were acknowledged", LogDamage.TailCut)
                : false;
        }

        if (!isLast || index < acknowledged || cursor.FindProofOfAcknowledgement(Offset, index))
        {
            // It was acknowledged, so it has been whole; only a read that came before that moment can have seen it otherwise.
            cursor.Refresh();
            return TryRead(cursor, index, out payload, out fault) ? true : throw Damaged(cursor, index, fault ?? "only zeros are left");
        }

        var end = cursor.EndOfData(Offset);
        TornTail = end > Offset ? new TornTail(cursor.SegmentPath, Offset, end - Offset, index, fault) : null;
        return false;
    }

    private bool TryRead(SegmentCursor cursor, long expected, out byte[] payload, out string? fault)
    {
        var whole = cursor.TryRead(Offset, out var index, out var bytes, out fault);
        if (whole && index != expected)
        {
            // A crash cannot make this: the sum covers the index.
            throw Damaged(cursor, expected, $"record {index} stands where record {expected} should be", LogDamage.Reordered);
        }

        payload = whole ? bytes.ToArray() : [];
        return whole;
    }

    private DecisionLogCorruptedException Damaged(SegmentCursor cursor, long index, string fault, LogDamage what = LogDamage.Changed) =>
        new(cursor.SegmentPath, Offset, index, fault, what);
}
