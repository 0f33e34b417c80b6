using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Keten.Bench.Events;

namespace Keten.Cli.Bench;

/// <summary><c>keten bench events</c>: the involvement exchange measured.</summary>
internal static class EventBenchCommand
{
    public static Command Create()
    {
        var defaults = new EventBenchOptions();
        var rate = new Option<int>("--rate") { Description = "Reports a second for the latency.", DefaultValueFactory = _ => defaults.Rate, HelpName = "N" };
        var seconds = new Option<int>("--seconds") { Description = "For so long.", DefaultValueFactory = _ => (int)defaults.Duration.TotalSeconds, HelpName = "S" };
        var involvements = new Option<int>("--involvements") { Description = "Involvements to rebuild the view from.", DefaultValueFactory = _ => defaults.Involvements, HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout and nothing else." };
        var command = new Command(
            "events",
            """
            The view and the matcher alone at full size; then, from a report in one organisation's own system to the match in another's, through real processes on this machine: two adapters, a
            gateway, a broker (embedded; KAFKA_BOOTSTRAP for a real one). Takes about two minutes.
            """) { rate, seconds, involvements, json };
        command.Act(async (parsed, cancellationToken) =>
        {
            var options = new EventBenchOptions
            {
                Involvements = Math.Clamp(parsed.GetValue(involvements), 1_000, 10_000_000), Rate = Math.Clamp(parsed.GetValue(rate), 1, 10_000),
                Duration = TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(seconds), 1, 600)),
            };
            var report = await EventBench.RunAsync(options, text => Console.Error.WriteLine("  " + text), cancellationToken);
            Console.Out.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(report, JsonSerializerOptions.Web) : InWords(report));
            return Cli.Fine;
        });
        return command;
    }

    private static string InWords(EventBenchReport report) => string.Create(CultureInfo.InvariantCulture, $"""
        view of {report.Rebuild.Involvements} involvements rebuilt in {report.Rebuild.Seconds} s ({report.Rebuild.ProcessorSeconds} s of processor), {report.Rebuild.BytesEach} bytes each
        matcher alone, with the broker in the same process: {report.Matcher.PerSecond} events a second ({report.Matcher.PerProcessorSecond} for each second of one processor)
        {report.ReportsPerSecond} reports a second, from own system to receipt
        {report.Sent} reports at {report.Rate} a second, {report.Heard} matches heard; milliseconds from report to match: p50 {report.MatchMilliseconds.P50}, p90 {report.MatchMilliseconds.P90}, p99 {report.MatchMilliseconds.P99}, longest {report.MatchMilliseconds.Max}
        """);
}
