using Google.Protobuf.WellKnownTypes;
using Keten.Protocol.V1;

namespace Keten.DecisionLog;

// What the threads that append do: check, encode, seal, and leave the rest to the writer.
internal sealed partial class SegmentedDecisionLog
{
    public ValueTask AppendAsync(LogRecord record, CancellationToken cancellationToken) => AppendAsync(record, 0, cancellationToken);

    /// <summary>Appends a record that belongs to an earlier one.</summary>
    /// <param name="record">It names no person.</param>
    /// <param name="subjectKey">The <see cref="LogRecord.SubjectKey"/> of the earlier one: what tells of the person is sealed, and erased, with it. 0: none.</param>
    /// <param name="cancellationToken">Looked at before the record is on its way only.</param>
    /// <exception cref="IOException">The record could not be made durable, or that key was destroyed.</exception>
    public ValueTask AppendAsync(LogRecord record, long subjectKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        // From here on cancellation is not looked at: the wait is one sync long and bounded by AppendTimeout, and a record that is on its
        // way to the disk cannot be called back.
        record.RecordedAt ??= Timestamp.FromDateTimeOffset(_time.GetUtcNow());
        var size = record.CalculateSize();
        if (RecordEncoding.Fault(record, size) is { } fault)
        {
            return ValueTask.FromException(fault);
        }

        var encoded = RecordEncoding.Encode(record, size);
        if (RecordTextGuard.FindBsn(encoded) is { } field)
        {
            Log.BsnRefused(_logger, field);
            return ValueTask.FromException(new BsnInRecordException(field));
        }

        try
        {
            return new ValueTask(Add(encoded, record.Decision?.Subject ?? "", subjectKey));
        }
        catch (IOException refusal)
        {
            return ValueTask.FromException(refusal);
        }
    }

    /// <summary>Seals the record and puts it into the open batch.</summary>
    /// <exception cref="IOException">The log takes none now.</exception>
    private Task Add(ReadOnlySpan<byte> encoded, string person, long subjectKey)
    {
        while (true)
        {
            ThrowIfRefused();
            var epoch = _keys!.Epoch;
            var payload = RecordEncoding.Seal(encoded, person, _keys, subjectKey);
            var sum = Crc32C.Add(Crc32C.Start, payload);
            Task done;
            bool first;
            lock (_gate)
            {
                if (_keys.Epoch != epoch)
                {
                    // Meanwhile a person was erased, perhaps this one: then what is added after the erasure has a key of its own.
                    continue;
                }

                if (Refusal() is { } refusal)
                {
                    throw refusal;
                }

                first = _open.Count == 0;
                _open.Add(payload, sum, _time.GetTimestamp());
                done = _open.Done;
            }

            if (first)
            {
                _work.Set();
            }

            return done;
        }
    }

    // Before a key is made for a record that would not be taken.
    private void ThrowIfRefused()
    {
        lock (_gate)
        {
            if (Refusal() is { } refusal)
            {
                throw refusal;
            }
        }
    }

    private IOException? Refusal()
    {
        if (!_accepting)
        {
            return new IOException("The decision log is not open.");
        }

        if (_stalled)
        {
            return Late();
        }

        return _open.Count + (_writing?.Count ?? 0) >= _options.MaxPending
            ? new IOException($"More than {_options.MaxPending} records wait for the disk (DecisionLog:MaxPending).")
            : null;
    }
}
