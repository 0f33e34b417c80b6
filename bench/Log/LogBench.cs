using System.Diagnostics;
using Keten.Bench.Rig;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Keten.LogTools.Query;

namespace Keten.Bench.Log;

/// <summary>The decision log measured: appends and what they add, bytes, verification, a scan.</summary>
public static class LogBench
{
    private const int ManyWriters = 64;
    private const int GatewayReaders = 16;
    private const string Memory = "/dev/shm";
    private const string Origin = "bench.keten.example/decisions";

    /// <summary>Measures one after the other, and removes what it wrote.</summary>
    public static async Task<LogBenchReport> RunAsync(LogBenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        var root = Path.Combine(options.Directory ?? Path.GetTempPath(), $"keten-bench-log-{Environment.ProcessId}");
        Directory.CreateDirectory(root);
        try
        {
            var appends = new List<AppendReport>();
            foreach (var writers in options.Writers)
            {
                progress($"appending with {writers} writers");
                appends.Add(await AppendAsync(Path.Combine(root, $"append-{writers}"), writers, options.Duration, cancellationToken));
            }

            var gateways = new List<GatewayReport>();
            if (options.Gateway && Directory.Exists(Memory))
            {
                progress("reading through a gateway, log on disk");
                gateways.Add(await ReadAsync("disk", root, options.Duration, cancellationToken));
                progress("reading through a gateway, log in memory");
                gateways.Add(await InMemoryAsync(options.Duration, cancellationToken));
            }

            return await VerifyAsync(Path.Combine(root, "verify"), options.Records, appends, gateways, progress, cancellationToken);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<AppendReport> AppendAsync(string directory, int writers, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var log = await BenchLog.OpenAsync(directory, cancellationToken);

        // The first second warms up.
        await log.AppendAsync(writers, long.MaxValue / 2, TimeSpan.FromSeconds(1), cancellationToken);
        var (records, time, milliseconds) = await log.AppendAsync(writers, long.MaxValue / 2, duration, cancellationToken);
        return new AppendReport(writers, (long)(records / time.TotalSeconds), Percentile(milliseconds, 50), Percentile(milliseconds, 99));
    }

    private static async Task<GatewayReport> InMemoryAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(Memory, $"keten-bench-log-{Environment.ProcessId}");
        Directory.CreateDirectory(directory);
        try
        {
            return await ReadAsync("memory", directory, duration, cancellationToken);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<GatewayReport> ReadAsync(string name, string logs, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var rig = await FederationRig.StartAsync(
            new RigSetup { Organisations = ReadLoad.Organisations, Clients = 20, Gateways = 1, DecisionLogs = logs }, cancellationToken);
        using var load = await ReadLoad.PrepareAsync(rig, persons: 20, cancellationToken);
        await RunForAsync(load, TimeSpan.FromSeconds(2), cancellationToken);
        var before = load.Milliseconds.Count;
        var watch = Stopwatch.StartNew();
        await RunForAsync(load, duration, cancellationToken);
        List<double> milliseconds = [.. load.Milliseconds.Skip(before)];
        return new GatewayReport(name, (long)(milliseconds.Count / watch.Elapsed.TotalSeconds), Percentile(milliseconds, 50), Percentile(milliseconds, 99));
    }

    private static async Task RunForAsync(ReadLoad load, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(duration);
        await load.RunAsync(GatewayReaders, seed: 1, stop.Token);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static async Task<LogBenchReport> VerifyAsync(
        string directory, long records, List<AppendReport> appends, List<GatewayReport> gateways, Action<string> progress, CancellationToken cancellationToken)
    {
        progress($"writing {records} records");
        TimeSpan written;
        await using (var log = await BenchLog.OpenAsync(directory, cancellationToken))
        {
            (_, written, _) = await log.AppendAsync(ManyWriters, records, null, cancellationToken);
        }

        var segments = SizeOf(directory, "*.seg");
        var key = NoteSigningKey.Generate(Origin);
        progress("laying the tree");
        await Task.Run(() => Seal(directory, key, records, cancellationToken), cancellationToken);

        progress("verifying");
        var (watch, before) = (Stopwatch.StartNew(), MemoryNow());
        var most = before;
        using (new Timer(_ => most = Math.Max(most, MemoryNow()), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100)))
        {
            var report = await Task.Run(() => new LogVerifier(directory, new VerifyTerms { Key = key.Verifier }).Verify(cancellationToken), cancellationToken);
            if (!report.IsWhole || report.Records != records || report.Sealed != records)
            {
                throw new RigException($"the log that was just written does not verify: {string.Join("; ", report.Findings.Select(finding => finding.Text))}");
            }
        }

        var verified = watch.Elapsed;
        progress("scanning");
        watch.Restart();
        var calls = await Task.Run(() => CallScan.Read(directory, LogFilter.All).LongCount(), cancellationToken);
        var scanned = watch.Elapsed;
        return new LogBenchReport
        {
            Appends = appends, Gateways = gateways, Records = records, BytesPerRecord = Math.Round((double)segments / records, 1),
            BytesPerRecordWithTree = Math.Round((double)SizeOf(directory, "*") / records, 1),
            WrittenPerSecond = (long)(records / written.TotalSeconds), VerifiedPerSecond = (long)(records / verified.TotalSeconds),
            VerifyMegabytes = Math.Round((most - before) / 1e6, 1), ScannedPerSecond = (long)(calls / scanned.TotalSeconds),
        };
    }

    private static void Seal(string directory, NoteSigningKey key, long records, CancellationToken cancellationToken)
    {
        var sealer = LogSealer.Open(directory, key, records);
        foreach (var entry in DecisionLogReader.ReadEntries(directory, openSubjects: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            sealer.Add(entry.Payload.Span);
            if (sealer.Size % 100_000 == 0)
            {
                sealer.Seal();
            }
        }

        sealer.Seal();
    }

    private static long MemoryNow()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static long SizeOf(string directory, string pattern) =>
        new DirectoryInfo(directory).EnumerateFiles(pattern, SearchOption.AllDirectories).Sum(file => file.Length);

    private static double Percentile(List<double> values, double percent)
    {
        if (values.Count == 0)
        {
            return 0;
        }

        values.Sort();
        return Math.Round(values[Math.Min(values.Count - 1, (int)Math.Ceiling(values.Count * percent / 100) - 1)], 3);
    }
}
