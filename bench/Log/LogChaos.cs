using System.Diagnostics;
using Keten.Bench.Chaos;
using Keten.Bench.Rig;

namespace Keten.Bench.Log;

/// <summary>
/// The promise of the decision log, put to the test: no log, no access. Under a load of reads gateways are killed without warning; afterwards every
/// request that reached an adapter has its decision in a gateway's log, recorded before, and every log is whole.
/// </summary>
public static class LogChaos
{
    /// <summary>Starts everything, breaks it, counts, and stops everything.</summary>
    /// <param name="options">How much of it.</param>
    /// <param name="progress">Told how far it is, in words.</param>
    /// <param name="cancellationToken">Stops it early; all processes end.</param>
    public static async Task<LogChaosReport> RunAsync(LogChaosOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        var taken = Stopwatch.StartNew();
        progress("starting");
        await using var rig = await FederationRig.StartAsync(
            new RigSetup { Organisations = ReadLoad.Organisations, Clients = options.Persons, Gateways = options.Gateways, AdapterSettings = AdapterDoor.Settings },
            cancellationToken);
        using var load = await ReadLoad.PrepareAsync(rig, options.Persons, cancellationToken);

        progress("reading");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = load.RunAsync(options.Readers, options.Seed, stop.Token);
        var killer = new Killer(rig.Gateways, options.Kills, options.Seed);
        try
        {
            await killer.RunAsync(done => progress($"kill {done} of {options.Kills}, {load.Sent} reads, {load.Answered.Count} answered"), cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }

        // Everything is down, and what the files say now is all there is.
        foreach (var process in rig.Processes)
        {
            process.Kill();
        }

        progress("counting");
        return await new LogChaosCount(rig, load).ReportAsync(killer.Done, taken, cancellationToken);
    }
}
