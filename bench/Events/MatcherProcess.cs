using System.Diagnostics;
using System.Text.Json;

namespace Keten.Bench.Events;

/// <summary>
/// The matcher in a process of its own, with the settings a gateway runs with, its collector above all: the command line has another. Warm before it is
/// measured, as a gateway is.
/// </summary>
internal static class MatcherProcess
{
    private const int WarmUpEvents = 100_000;
    private const int Events = 200_000;

    /// <summary>Starts it and reads what it measured.</summary>
    /// <exception cref="InvalidOperationException">It ended without a report.</exception>
    public static async Task<MatcherReport> RunAsync(CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(MatcherProcess).Assembly.Location]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("the matcher's process could not be started");
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 && JsonSerializer.Deserialize<MatcherReport>(output) is { } report
                ? report : throw new InvalidOperationException($"the matcher's process ended with {process.ExitCode} and no report");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>What that process does: measures, and writes the report.</summary>
    public static async Task MeasureAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await ViewBench.MatchAsync(WarmUpEvents, cancellationToken);
        await output.WriteLineAsync(JsonSerializer.Serialize(await ViewBench.MatchAsync(Events, cancellationToken)));
    }
}
