using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>Takes an answer in, up to a limit, instead of sending it.</summary>
internal sealed class CollectedResponse : Stream, IHttpResponseFeature
{
    private readonly MemoryStream _body = new();

    /// <summary>Longest answer that is taken in, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>What came.</summary>
    public byte[] Bytes => _body.ToArray();

    /// <summary>It was longer, and is not whole.</summary>
    public bool IsTooLong { get; private set; }

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    /// <summary>The stream that is written to stands in its own feature; this is the older name for it.</summary>
    Stream IHttpResponseFeature.Body
    {
        get => this;
        set => throw new NotSupportedException();
    }

    public bool HasStarted => _body.Length > 0;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _body.Length;

    public override long Position
    {
        get => _body.Position;
        set => throw new NotSupportedException();
    }

    /// <summary>Nothing is ever sent from here, so nothing begins.</summary>
    public void OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException();

    /// <inheritdoc cref="OnStarting"/>
    public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    /// <exception cref="IOException">Longer than <see cref="MaxBytes"/>.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_body.Length + buffer.Length > MaxBytes)
        {
            IsTooLong = true;
            throw new IOException("The answer is longer than is taken in.");
        }

        _body.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body.Dispose();
        }

        base.Dispose(disposing);
    }
}
