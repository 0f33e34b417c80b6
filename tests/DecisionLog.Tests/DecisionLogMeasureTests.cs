using System.Diagnostics;
using Google.Protobuf;
using Keten.DecisionLog;
using Keten.DecisionLog.Subjects;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Tests;

/// <summary>What it costs. Runs alone, because it measures the whole process.</summary>
[CollectionDefinition(nameof(Measuring), DisableParallelization = true)]
public sealed class Measuring;

[Collection(nameof(Measuring))]
public sealed class DecisionLogMeasureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_append_allocates_little()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(segmentBytes: 64 << 20);
        var record = Some.Decision(1);
        await AppendManyAsync(log, record, 2_000);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await AppendManyAsync(log, record, 20_000);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / 20_000;

        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes per append");

        // The state machine of the awaiting test is in it too.
        Assert.True(each < 250, $"{each} bytes per append");
    }

    [Fact]
    public async Task A_call_takes_little_more_than_a_kilobyte()
    {
        const int Calls = 500;
        using var temp = new TempLog();
        var (encoded, stored) = (0L, 0L);
        await using (var log = await temp.OpenAsync())
        {
            for (var i = 0; i < Calls; i++)
            {
                var decision = Some.Decision(Guid.CreateVersion7().ToString());
                decision.Decision.ParentSpanId = "b7ad6b7169203331";
                decision.Decision.Sources = new DecisionSources { RegistryDigest = ByteString.CopyFrom(new byte[32]), GatewayVersion = "0.1.0", ViewPartition = 7, ViewOffset = 123_456 };
                var outcome = new LogRecord
                {
                    Outcome = new OutcomeRecord
                    {
                        DecisionId = decision.Decision.DecisionId, HttpStatus = 200, DurationMicroseconds = 4_210, Fields = { decision.Decision.Fields }, RequestBytes = 42,
                        ResponseBytes = 311, TraceId = ByteString.CopyFrom(new byte[16]), SpanId = ByteString.CopyFrom(new byte[8]),
                    },
                };
                await log.AppendAsync(decision, Token);
                await log.AppendAsync(outcome, Token);
                encoded += decision.CalculateSize() + outcome.CalculateSize();
            }
        }

        stored = Directory.GetFiles(temp.Directory, "*.seg").Sum(path => new FileInfo(path).Length) / Calls;
        TestContext.Current.TestOutputHelper?.WriteLine($"decision and outcome: {encoded / Calls} bytes encoded, {stored} on disk");
        Assert.True(stored < 1_200, $"{stored} bytes");
    }

    [Fact]
    public void Sealing_a_record_takes_microseconds()
    {
        const int Times = 100_000;
        using var temp = new TempLog();
        Directory.CreateDirectory(temp.Directory);
        using var keys = SubjectKeyStore.Open(temp.Directory, 10, TimeProvider.System, NativeFile.SyncData);
        var record = Some.Decision(1);
        var encoded = record.ToByteArray();
        for (var i = 0; i < 10_000; i++)
        {
            RecordEncoding.Seal(encoded, record.Decision.Subject, keys);
        }

        // Of this process only: others may have the processor meanwhile.
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Times; i++)
        {
            RecordEncoding.Seal(encoded, record.Decision.Subject, keys);
        }

        var each = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Times;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each:F2} µs to seal a record");
        Assert.True(each < 100, $"{each} µs");
    }

    [Fact]
    public async Task Sixty_four_writers_share_their_syncs()
    {
        const int Writers = 64;
        const int Each = 1_000;
        using var temp = new TempLog();
        var syncs = 0;
        var times = new double[Writers * Each];
        double seconds;
        await using (var log = await temp.OpenAsync(
            segmentBytes: 64 << 20,
            sync: file =>
            {
                Interlocked.Increment(ref syncs);
                NativeFile.SyncData(file);
            }))
        {
            await AppendManyAsync(log, Some.Decision(1), 20_000);
            Interlocked.Exchange(ref syncs, 0);
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
            {
                for (var i = 0; i < Each; i++)
                {
                    var begin = Stopwatch.GetTimestamp();
                    await log.AppendAsync(Some.Decision(i), Token);
                    times[(writer * Each) + i] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
                }
            })));
            seconds = watch.Elapsed.TotalSeconds;
        }

        Array.Sort(times);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{times.Length / seconds:F0} appends/s, p50 {times[times.Length / 2]:F0} µs, "
            + $"p99 {times[times.Length * 99 / 100]:F0} µs, {syncs} syncs");
        Assert.True(syncs < times.Length / 4, $"{syncs} syncs for {times.Length} records");
    }

    private static Task AppendManyAsync(SegmentedDecisionLog log, LogRecord record, int count) =>
        Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < count / 32; i++)
            {
                await log.AppendAsync(record, Token);
            }
        })));
}
