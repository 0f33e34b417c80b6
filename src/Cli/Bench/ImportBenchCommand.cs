using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Keten.Bench.Import;

namespace Keten.Cli.Bench;

/// <summary><c>keten bench import</c>.</summary>
internal static class ImportBenchCommand
{
    private const int MostRows = 5_000_000;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Clients, and rows.", DefaultValueFactory = _ => 10_000, HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout and nothing else." };
        var command = new Command(
            "import",
            """
            An import of a client base from a CSV file, by real processes on this machine: keten involvement import, an adapter, two evaluators of pseudonyms. From the first pseudonym
            to the last durable row, with memory and processor time of each. A million rows take a quarter of an hour.
            """) { rows, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(rows) is < 1 or > MostRows)
            {
                await Console.Error.WriteLineAsync($"keten bench import: --rows: expected 1 to {MostRows}.");
                return 2;
            }

            try
            {
                var report = await ImportBench.RunAsync(parsed.GetValue(rows), text => Console.Error.WriteLine("  " + text), cancellationToken);
                await Console.Out.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, JsonSerializerOptions.Web) : InWords(report));
                return 0;
            }
            catch (InvalidOperationException problem)
            {
                await Console.Error.WriteLineAsync($"keten bench import: {problem.Message}");
                return 1;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync("keten bench import: stopped");
                return 130;
            }
        });
        return command;
    }

    private static string InWords(ImportBenchReport report) => string.Create(CultureInfo.InvariantCulture, $"""
        {report.Rows:N0} rows in {report.Seconds} s, {report.RowsPerSecond:N0} a second: {report.Taken:N0} taken, {report.Refused:N0} refused
        of which until all pseudonyms were there {report.EvaluatedSeconds} s; the last event with the broker after {report.PublishedSeconds} s

        {string.Join(Environment.NewLine, report.Processes.Select(p => string.Create(CultureInfo.InvariantCulture, $"  {p.Name,-26} at most {p.PeakMegabytes,6:N0} MB   {p.ProcessorSeconds,8:N1} s of processor time")))}
        """);
}
