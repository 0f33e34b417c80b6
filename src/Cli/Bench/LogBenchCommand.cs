using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Keten.Bench.Log;

namespace Keten.Cli.Bench;

/// <summary><c>keten bench log</c>: the decision log measured.</summary>
internal static class LogBenchCommand
{
    public static Command Create()
    {
        var defaults = new LogBenchOptions();
        var records = new Option<long>("--records") { Description = "Records of the log that is verified; 10000000 takes some minutes and 5 GB.", DefaultValueFactory = _ => defaults.Records, HelpName = "N" };
        var seconds = new Option<int>("--seconds") { Description = "For so long at each number of writers.", DefaultValueFactory = _ => (int)defaults.Duration.TotalSeconds, HelpName = "S" };
        var directory = new Option<string?>("--directory") { Description = "On this disk; else the temporary directory. What is written is removed.", HelpName = "DIR" };
        var noGateway = new Option<bool>("--no-gateway") { Description = "Only the log itself, not through real gateways." };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout and nothing else." };
        var command = new Command(
            "log",
            """
            Appends a second and what each adds to a call, with fdatasync on, by 1, 16 and 64 writers; reads through a real gateway whose log is on
            disk, and in memory; then bytes a record, and how fast a whole log is verified and searched. Takes about two minutes.

            Example:
              keten bench log --records 10000000 --directory /var/tmp --json
            """) { records, seconds, directory, noGateway, json };
        command.Act(async (parsed, cancellationToken) =>
        {
            var options = new LogBenchOptions
            {
                Records = Math.Clamp(parsed.GetValue(records), 1_000, 100_000_000), Duration = TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(seconds), 1, 600)),
                Directory = parsed.GetValue(directory), Gateway = !parsed.GetValue(noGateway),
            };
            var report = await LogBench.RunAsync(options, text => Console.Error.WriteLine("  " + text), cancellationToken);
            Console.Out.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(report, JsonSerializerOptions.Web) : InWords(report));
            return Cli.Fine;
        });
        return command;
    }

    private static string InWords(LogBenchReport report) => string.Join('\n',
    [
        .. report.Appends.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Writers,3} writers: {a.PerSecond} appends a second; milliseconds until durable: p50 {a.P50}, p99 {a.P99}")),
        .. report.Gateways.Select(g => string.Create(CultureInfo.InvariantCulture, $"through a gateway, log {(g.Log == "disk" ? "on disk" : "in memory")}: {g.PerSecond} reads a second; milliseconds: p50 {g.P50}, p99 {g.P99}")),
        string.Create(CultureInfo.InvariantCulture, $"{report.Records} records: {report.BytesPerRecord} bytes each, {report.BytesPerRecordWithTree} with tree and keys; written at {report.WrittenPerSecond} a second"),
        string.Create(CultureInfo.InvariantCulture, $"verified at {report.VerifiedPerSecond} records a second, in {report.VerifyMegabytes} MB; searched without an index at {report.ScannedPerSecond} calls a second"),
    ]);
}
