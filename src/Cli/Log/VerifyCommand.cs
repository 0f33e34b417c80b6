using System.CommandLine;
using System.Diagnostics;
using Keten.DecisionLog.Tree;
using Spectre.Console;

namespace Keten.Cli.Log;

/// <summary><c>keten log verify</c>: whether a log is as it was written.</summary>
internal static class VerifyCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "The directory of a gateway's decision log. The gateway may be running." };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "A checkpoint of this log kept elsewhere, earlier or later: a cut tail and a rewritten past show.", HelpName = "FILE" };
        var against = new Option<string?>("--against") { Description = "Another copy of the same log: where two histories part shows.", HelpName = "DIR2" };
        var (key, witness, json) = (LogKeys.Option(), LogKeys.WitnessOption(), Cli.Json());
        var command = new Command("verify", "Read every record of a log and hold it against its tree, its checkpoints and their signatures. Exit code 1: something is wrong.")
        {
            directory, checkpoint, key, witness, against, json,
        };
        command.Act(async (parsed, cancellationToken) =>
        {
            var options = new VerifyTerms
            {
                Key = parsed.GetValue(key) is { } text ? LogKeys.Public(text) : null,
                Witnesses = [.. parsed.GetRequiredValue(witness).Select(LogKeys.Public)],
                Checkpoint = parsed.GetValue(checkpoint) is { } file && !File.Exists(file) ? throw new CliException($"--checkpoint: there is no file {file}") : parsed.GetValue(checkpoint),
                Against = parsed.GetValue(against),
            };
            var watch = Stopwatch.StartNew();
            var verifier = new LogVerifier(parsed.GetRequiredValue(directory), options);
            var running = Task.Run(() => verifier.Verify(cancellationToken), cancellationToken);
            if (!parsed.GetValue(json))
            {
                await ShowProgressAsync(verifier, running);
            }

            var report = await running;
            if (parsed.GetValue(json))
            {
                Cli.Print(Result(report, watch.Elapsed));
            }
            else
            {
                Tell(report, options, watch.Elapsed);
            }

            return report.IsWhole ? Cli.Fine : Cli.NotAsItShould;
        });
        return command;
    }

    private static object Result(VerifyReport report, TimeSpan elapsed) => new
    {
        whole = report.IsWhole,
        directory = report.Directory,
        logId = report.LogId,
        firstIndex = report.FirstIndex,
        records = report.Records,
        underCheckpoint = report.Sealed,
        root = report.Root?.ToString(),
        bytesPerRecord = BytesEach(report),
        seconds = elapsed.TotalSeconds,
        recordsPerSecond = Math.Round(Count(report) / elapsed.TotalSeconds),
        findings = report.Findings.Select(f => new { what = f.What, index = f.Index, file = f.File, offset = f.Offset, text = f.Text }),
        remarks = report.Remarks,
    };

    private static void Tell(VerifyReport report, VerifyTerms options, TimeSpan elapsed)
    {
        foreach (var finding in report.Findings)
        {
            Console.Out.WriteLine($"✗ {finding.What}{(finding.Index is { } index ? $", record {index}" : "")}: {finding.Text}");
            Console.Out.WriteLine($"    {finding.File}{(finding.Offset is { } offset ? $", offset {offset}" : "")}");
        }

        if (report.IsWhole)
        {
            Console.Out.WriteLine($"✓ {Count(report):N0} records are as they were written{(report.Sealed > 0 ? $", {report.Sealed:N0} under a checkpoint{(options.Key is { } key ? $" signed by {key.Name}" : "")}" : "")}.");
            Console.Out.WriteLine($"    log {report.LogId}, root {report.Root}");
        }

        foreach (var remark in report.Remarks)
        {
            Console.Out.WriteLine("  " + remark);
        }

        Console.Out.WriteLine($"    {elapsed.TotalSeconds:F1} s, {Count(report) / elapsed.TotalSeconds:N0} records/s, {BytesEach(report)} bytes each");
    }

    private static async Task ShowProgressAsync(LogVerifier verifier, Task running)
    {
        // On stderr, so that stdout holds the result only; and only where somebody looks.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!console.Profile.Capabilities.Interactive)
        {
            return;
        }

        await console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("");
                using var timer = new PeriodicTimer(Interval);
                while (!running.IsCompleted)
                {
                    bar.IsIndeterminate = verifier.Expected == 0;
                    bar.MaxValue = Math.Max(1, verifier.Expected);
                    bar.Value = verifier.Progress;
                    bar.Description = $"{verifier.Progress:N0} records";
                    await Task.WhenAny(running, timer.WaitForNextTickAsync().AsTask());
                }
            });
    }

    private static long Count(VerifyReport report) => report.Records - report.FirstIndex;

    private static long BytesEach(VerifyReport report) => Count(report) is > 0 and var count ? report.Bytes / count : 0;
}
