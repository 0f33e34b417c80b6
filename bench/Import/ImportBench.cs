using System.Diagnostics;
using System.Text.Json;
using Keten.Bench.Rig;
using Microsoft.Data.Sqlite;

namespace Keten.Bench.Import;

/// <summary>
/// A whole client base reported by <c>keten involvement import</c>, with real processes: the command, an adapter over a database with the clients, two evaluators of
/// pseudonyms. The broker is embedded; there is no gateway, for the rows are durable without it.
/// </summary>
public static class ImportBench
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs it once.</summary>
    /// <param name="rows">Clients, and rows.</param>
    /// <param name="tell">Told what goes on.</param>
    /// <param name="cancellationToken">Ends it, and every process of it.</param>
    /// <exception cref="InvalidOperationException">A process did not start, or the import failed.</exception>
    public static async Task<ImportBenchReport> RunAsync(int rows, Action<string> tell, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tell);
        var organisation = RigOrganisation.Four[1];
        tell($"a database with {rows:N0} invented clients; then two evaluators and an adapter");
        await using var rig = await FederationRig.StartAsync([organisation], rows, gateways: 0, cancellationToken, indexed: false);
        var directory = rig.DirectoryOf(organisation);
        var csv = Path.Combine(directory, "clients.csv");
        await File.WriteAllLinesAsync(csv, Enumerable.Range(0, rows).Select(i => $"c{i},own-{i},9").Prepend("client_id,involvement_id,facts.subject_age"), cancellationToken);

        tell("the import");
        var began = Stopwatch.StartNew();
        using var import = Start(csv, rig.CaseSystems[0].Socket, organisation);
        var said = import.StandardOutput.ReadToEndAsync(cancellationToken);
        var complained = import.StandardError.ReadToEndAsync(cancellationToken);
        var (evaluated, published, peak) = (0.0, 0.0, 0L);
        var processor = TimeSpan.Zero;
        var database = Path.Combine(directory, "adapter.db");
        using var timer = new PeriodicTimer(Look);
        try
        {
            while (!import.HasExited)
            {
                import.Refresh();
                (peak, processor) = import.HasExited ? (peak, processor) : (Math.Max(peak, import.PeakWorkingSet64), import.TotalProcessorTime);
                if (evaluated == 0 && Count(database, "pseudonym_index") >= rows)
                {
                    evaluated = began.Elapsed.TotalSeconds;
                    tell($"all pseudonyms after {evaluated:0} s");
                }

                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }
        finally
        {
            if (!import.HasExited)
            {
                import.Kill();
            }
        }

        var seconds = began.Elapsed.TotalSeconds;
        if (import.ExitCode != 0)
        {
            throw new InvalidOperationException($"the import ended with {import.ExitCode}: {await said} {await complained}");
        }

        tell($"all rows after {seconds:0} s; now what is still on its way to the broker");
        while (Count(database, "outbox") > 0)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        published = began.Elapsed.TotalSeconds;
        var result = JsonDocument.Parse(await said).RootElement;
        return new ImportBenchReport(
            rows, result.GetProperty("taken").GetInt64(), result.GetProperty("refused").GetInt64(), Math.Round(seconds, 1), Math.Round(rows / seconds),
            Math.Round(evaluated, 1), Math.Round(published, 1),
            [Cost("keten involvement import", peak, processor), .. rig.Adapters.Concat(rig.Evaluators).Select(p => Cost(p.Name, p.Memory.Peak, p.ProcessorTime))]);
    }

    private static ProcessCost Cost(string name, long bytes, TimeSpan processor) => new(name, Math.Round(bytes / 1e6), Math.Round(processor.TotalSeconds, 1));

    private static Process Start(string csv, string socket, RigOrganisation organisation)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
        [
            Path.Combine(AppContext.BaseDirectory, "keten.dll"), "involvement", "import", "--json", "--csv", csv, "--adapter", $"unix:{socket}",
            "--set", "purpose=betrokkenheid-jeugd", "--set", "actor=import", "--set", $"actor_role={organisation.Role}", "--set", "facts.subject_informed=true",
        ])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("the import could not be started");
    }

    private static long Count(string database, string table)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        using var count = connection.CreateCommand();
#pragma warning disable CA2100 // One of two names from above.
        count.CommandText = $"SELECT count(*) FROM {table}";
#pragma warning restore CA2100
        return (long)count.ExecuteScalar()!;
    }
}
