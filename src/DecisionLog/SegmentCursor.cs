using Microsoft.Win32.SafeHandles;

namespace Keten.DecisionLog;

/// <summary>Reads frames of one segment file, which a writer may be extending at this moment.</summary>
internal sealed class SegmentCursor : IDisposable
{
    /// <summary>For who reads a whole log.</summary>
    public const int Far = 256 << 10;

    private readonly SafeFileHandle _file;
    private readonly int _readAhead;
    private byte[] _buffer;
    private long _bufferAt;
    private int _buffered;

    /// <param name="path">The segment file.</param>
    /// <param name="readAhead">Bytes that are read at a time.</param>
    public SegmentCursor(string path, int readAhead = Far)
    {
        _readAhead = readAhead;
        _buffer = new byte[readAhead];
        SegmentPath = path;
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        HeaderFault = SegmentHeader.TryRead(Bytes(0, SegmentHeader.Size), out var header);
        Header = header;
    }

    public string SegmentPath { get; }

    public SegmentHeader Header { get; }

    /// <summary>Null when <see cref="Header"/> can be used.</summary>
    public string? HeaderFault { get; }

    /// <summary>
    /// True with index and payload (valid until the next call) when a whole frame stands here. Else <paramref name="fault"/> is null at a
    /// clean end, where only zeros follow, and says what is wrong otherwise.
    /// </summary>
    public bool TryRead(long offset, out long index, out ReadOnlySpan<byte> payload, out string? fault)
    {
        payload = default;
        index = -1;
        var bytes = Bytes(offset, RecordFrame.Size);
        if (bytes.Length < RecordFrame.Size)
        {
            fault = bytes.ContainsAnyExcept((byte)0) ? "the frame is cut short" : null;
            return false;
        }

        var frame = RecordFrame.Read(bytes);
        if (frame.Length == 0)
        {
            fault = EndOfData(offset) == offset ? null : "zeros where a frame should be";
            return false;
        }

        if (frame.Length is < 0 or > RecordFrame.MaxPayload)
        {
            fault = "the length is impossible";
            return false;
        }

        bytes = Bytes(offset, RecordFrame.Size + frame.Length);
        if (bytes.Length < RecordFrame.Size + frame.Length)
        {
            fault = "the record is cut short";
            return false;
        }

        payload = bytes[RecordFrame.Size..];
        index = frame.Index;
        fault = RecordFrame.Matches(bytes, payload) ? null : "the checksum does not match";
        return fault is null;
    }

    /// <summary>True when a whole frame further on counts record <paramref name="index"/> as durable: then it was acknowledged.</summary>
    public bool FindProofOfAcknowledgement(long offset, long index)
    {
        for (var at = offset + 1; ; at++)
        {
            var bytes = Bytes(at, RecordFrame.Size);
            if (bytes.Length < RecordFrame.Size)
            {
                return false;
            }

            var frame = RecordFrame.Read(bytes);
            if (frame.Length is > 0 and <= RecordFrame.MaxPayload && frame.Durable > index && frame.Durable <= frame.Index
                && Bytes(at, RecordFrame.Size + frame.Length) is var whole && whole.Length == RecordFrame.Size + frame.Length
                && RecordFrame.Matches(whole, whole[RecordFrame.Size..]))
            {
                return true;
            }
        }
    }

    /// <summary>Offset after the last byte from <paramref name="offset"/> on that is not zero.</summary>
    public long EndOfData(long offset)
    {
        var end = offset;
        for (var at = offset; ;)
        {
            var bytes = Bytes(at, _readAhead);
            if (bytes.IsEmpty)
            {
                return end;
            }

            var last = bytes.LastIndexOfAnyExcept((byte)0);
            end = last < 0 ? end : at + last + 1;
            at += bytes.Length;
        }
    }

    /// <summary>Forgets what was read before, so that the next read sees what a writer did since.</summary>
    public void Refresh() => _buffered = 0;

    public void Dispose() => _file.Dispose();

    private ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        if (offset < _bufferAt || offset + count > _bufferAt + _buffered)
        {
            if (_buffer.Length < count)
            {
                _buffer = new byte[count + _readAhead];
            }

            _bufferAt = offset;
            _buffered = 0;
            while (_buffered < count && RandomAccess.Read(_file, _buffer.AsSpan(_buffered), offset + _buffered) is > 0 and var read)
            {
                _buffered += read;
            }
        }

        var start = (int)(offset - _bufferAt);
        return _buffer.AsSpan(start, Math.Min(count, _buffered - start));
    }
}
