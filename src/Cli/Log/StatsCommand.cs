using System.CommandLine;
using System.Globalization;
using Keten.LogTools.Query;
using Keten.LogTools.Statistics;

namespace Keten.Cli.Log;

/// <summary><c>keten log stats</c>: management information, without small numbers.</summary>
internal static class StatsCommand
{
    private const int MostReasons = 10;

    public static Command Create()
    {
        var directory = LogCli.Directory();
        var from = LogCli.Moment("--from", "Decided at or after: 2026-03-02, 2026-03-02T09:30:00Z, or 30d ago.");
        var to = LogCli.Moment("--to", "Decided before.");
        var by = new Option<StatisticsBy>("--by") { Description = "Group by purpose, participant, reason, operation, outcome, day or month.", HelpName = "WHAT" };
        var exact = new Option<bool>("--exact") { Description = "Show counts below 5 too. Not for management information." };
        var json = Cli.Json();
        var command = new Command(
            "stats",
            """
            How many calls, allowed, refused and failed, why, and how long they took. A count below 5 is not shown, and no count is
            that would give one away: a small number may be one family.

            Examples:
              keten log stats /var/lib/keten/decisions --from 30d --by purpose
              keten log stats DIR --by month --json
            """) { directory, from, to, by, exact, json };
        command.Act((parsed, cancellationToken) =>
        {
            var statistics = new CallStatistics(parsed.GetValue(by));
            var filter = new LogFilter { From = parsed.GetValue(from), To = parsed.GetValue(to) };
            foreach (var call in CallScan.Read(parsed.GetRequiredValue(directory), filter, LogCli.Torn))
            {
                cancellationToken.ThrowIfCancellationRequested();
                statistics.Add(call);
            }

            var isExact = parsed.GetValue(exact);
            if (isExact)
            {
                Console.Error.WriteLine("note: counts below 5 are shown; this is not for management information");
            }

            var report = statistics.Report(isExact);
            if (parsed.GetValue(json))
            {
                Cli.Print(report);
            }
            else
            {
                Tell(report, parsed.GetValue(by));
            }

            return Cli.Fine;
        });
        return command;
    }

    private static void Tell(StatisticsReport report, StatisticsBy by)
    {
        LogCli.Print(
            [by == StatisticsBy.None ? "" : by.ToString().ToLowerInvariant(), "calls", "allowed", "refused", "failed", "break-glass", "open", "p50 ms", "p99 ms"],
            report.Groups.Append(report.All).Select(Row));
        if (report.Reasons.Count > 0)
        {
            LogCli.Print(["why not", "calls"], report.Reasons.Take(MostReasons).Select(reason => (string[])[reason.Code, Count(reason.Calls)]));
        }
    }

    private static string[] Row(CallFigures figures) =>
    [
        figures.Name, Count(figures.Calls), Count(figures.Allowed), Count(figures.Refused), Count(figures.Failed), Count(figures.BreakGlass), Count(figures.Open),
        Milliseconds(figures.P50Milliseconds), Milliseconds(figures.P99Milliseconds),
    ];

    private static string Count(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "*";

    private static string Milliseconds(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "";
}
