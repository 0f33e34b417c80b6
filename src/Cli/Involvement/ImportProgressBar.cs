using Spectre.Console;

namespace Keten.Cli.Involvement;

/// <summary>A bar on stderr while an import runs, so that stdout holds the result only.</summary>
internal static class ImportProgressBar
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static async Task ShowAsync(bool visible, RowSource source, ImportRun run, Task running)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!visible || !console.Profile.Capabilities.Interactive)
        {
            await running;
            return;
        }

        await console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("", maxValue: source.Progress?.Total ?? 1);
                bar.IsIndeterminate = source.Progress is null;
                using var timer = new PeriodicTimer(Interval);
                while (!running.IsCompleted)
                {
                    Show(bar);
                    await Task.WhenAny(running, timer.WaitForNextTickAsync().AsTask());
                }

                Show(bar);
                await running;
            });

        void Show(ProgressTask bar)
        {
            var counts = run.Counts;
            bar.Description = $"{counts.Position:N0} rows durable, {counts.Refused:N0} refused";
            bar.Value = source.Progress?.Read ?? 0;
        }
    }
}
