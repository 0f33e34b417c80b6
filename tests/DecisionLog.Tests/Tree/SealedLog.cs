using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Retention;
using Keten.DecisionLog.Tree;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Tests.Tree;

/// <summary>A log with a tree over it, as a gateway leaves it.</summary>
internal sealed class SealedLog : IDisposable
{
    private readonly TempLog _temp = new();

    public NoteSigningKey Key { get; } = NoteSigningKey.Generate("gateway.keten.example/decisions");

    public string Directory => _temp.Directory;

    public string CheckpointPath => Path.Combine(Directory, Checkpoint.FileName);

    /// <summary>Writes decisions, and seals after each so many.</summary>
    public async Task<LogSealer> WriteAsync(int count, int from = 0, int sealEach = int.MaxValue, long segmentBytes = 64 << 10)
    {
        await WriteUnsealedAsync(count, from, segmentBytes);
        return Seal(sealEach);
    }

    public async Task WriteUnsealedAsync(int count, int from, long segmentBytes = 64 << 10)
    {
        await using var log = await _temp.OpenAsync(segmentBytes: segmentBytes);

        // Some at a time: one batch may run over a segment.
        foreach (var some in Enumerable.Range(from, count).Chunk(50))
        {
            await Task.WhenAll(some.Select(i => log.AppendAsync(Some.Decision(i), TestContext.Current.CancellationToken).AsTask()));
        }
    }

    public LogSealer Seal(int each = int.MaxValue)
    {
        var records = _temp.Entries();
        var durable = records.Count == 0 ? 0 : records[^1].Index + 1;
        var sealer = LogSealer.Open(Directory, Key, durable);
        while (sealer.Size < durable)
        {
            sealer.Add(records[(int)(sealer.Size - records[0].Index)].Payload.Span);
            if (sealer.Size % each == 0 || sealer.Size == durable)
            {
                sealer.Seal();
            }
        }

        return sealer;
    }

    /// <summary>Removes the oldest records as the gateway does: recorded, sealed, deleted. Gives the first that stays.</summary>
    public async Task<long> RetireAsync(long? firstKept = null)
    {
        var retirement = new SegmentRetirement(Directory);
        var first = firstKept ?? retirement.FirstKept(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await RecordRetiredAsync(first);
        Seal();
        retirement.Retire(first);
        return first;
    }

    public async Task RecordRetiredAsync(long firstKept)
    {
        await using var log = await _temp.OpenAsync(segmentBytes: 64 << 10);
        await log.AppendAsync(new LogRecord { RecordsRetired = new RecordsRetired { FirstKept = firstKept } }, TestContext.Current.CancellationToken);
    }

    public VerifyReport Verify(Func<VerifyTerms, VerifyTerms>? with = null, string? directory = null)
    {
        var options = new VerifyTerms { Key = Key.Verifier };
        return new LogVerifier(directory ?? Directory, with?.Invoke(options) ?? options).Verify(TestContext.Current.CancellationToken);
    }

    public List<DecisionLogEntry> Entries() => _temp.Entries();

    /// <summary>A copy of the directory as it is now.</summary>
    public string Copy(string name)
    {
        var target = Path.Combine(Path.GetDirectoryName(Directory)!, name);
        foreach (var file in System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(Directory, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        return target;
    }

    public void Dispose() => _temp.Dispose();
}
