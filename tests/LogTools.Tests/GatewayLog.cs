using Keten.DecisionLog;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.LogTools.Tests;

/// <summary>A gateway's log on disk, written by the real writer, gone after the test.</summary>
internal sealed class GatewayLog : IDisposable
{
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("keten-logtools-").FullName;

    public string Directory => Path.Combine(_root, "log");

    public string IndexFile => Path.Combine(_root, "index.db");

    public string File(string name) => Path.Combine(_root, name);

    public async Task WriteAsync(params IEnumerable<LogRecord> records)
    {
        await using var log = await OpenAsync();
        foreach (var some in records.Chunk(50))
        {
            // One batch never lies across two segments.
            await Task.WhenAll(some.Select(record => log.AppendAsync(record, TestContext.Current.CancellationToken).AsTask()).ToList());
        }
    }

    public async Task<SegmentedDecisionLog> OpenAsync()
    {
        // Small segments: what goes over from one to the next shows soon.
        var log = new SegmentedDecisionLog(
            new DecisionLogOptions { Directory = Directory, SegmentBytes = 64 << 10, AppendTimeout = TimeSpan.FromSeconds(30), MaxPending = 200_000 },
            TimeProvider.System, NullLogger<SegmentedDecisionLog>.Instance);
        await log.StartAsync(TestContext.Current.CancellationToken);
        return log;
    }

    public void Dispose() => System.IO.Directory.Delete(_root, recursive: true);
}
