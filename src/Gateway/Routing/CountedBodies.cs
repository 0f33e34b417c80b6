using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Routing;

/// <summary>Counts what goes through the bodies of a call, and looks at nothing.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The streams are the connection's, which ends them.")]
internal sealed class CountedBodies : IHttpResponseBodyFeature
{
    private readonly IHttpResponseBodyFeature _response;
    private readonly CountedStream _request;
    private readonly CountedStream _stream;
    private readonly CountedWriter _writer;

    private CountedBodies(Stream request, IHttpResponseBodyFeature response)
    {
        _response = response;
        _request = new CountedStream(request);
        _stream = new CountedStream(response.Stream);
        _writer = new CountedWriter(response.Writer);
    }

    /// <summary>Bytes that came from the caller.</summary>
    public long RequestBytes => _request.Count;

    /// <summary>Bytes that went to the caller.</summary>
    public long ResponseBytes => _stream.Count + _writer.Count;

    Stream IHttpResponseBodyFeature.Stream => _stream;

    PipeWriter IHttpResponseBodyFeature.Writer => _writer;

    /// <summary>Puts itself between the call and its connection.</summary>
    public static CountedBodies Attach(HttpContext http)
    {
        var bodies = new CountedBodies(http.Request.Body, http.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        http.Request.Body = bodies._request;
        http.Features.Set<IHttpResponseBodyFeature>(bodies);
        return bodies;
    }

    void IHttpResponseBodyFeature.DisableBuffering() => _response.DisableBuffering();

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => _response.StartAsync(cancellationToken);

    Task IHttpResponseBodyFeature.CompleteAsync() => _response.CompleteAsync();

    async Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken)
    {
        await _response.SendFileAsync(path, offset, count, cancellationToken);
        _stream.Add(count ?? (new FileInfo(path).Length - offset));
    }

    private sealed class CountedStream(Stream inner) : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => inner.CanRead;

        public override bool CanSeek => false;

        public override bool CanWrite => inner.CanWrite;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Add(long count) => Count += count;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Count += read;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            Count += read;
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count)
        {
            Count += count;
            inner.Write(buffer, offset, count);
        }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    private sealed class CountedWriter(PipeWriter inner) : PipeWriter
    {
        public long Count { get; private set; }

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes)
        {
            Count += bytes;
            inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            Count += source.Length;
            return inner.WriteAsync(source, cancellationToken);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }
}
