using System.Diagnostics;
using Keten.Bench.Rig;

namespace Keten.Bench.Chaos;

/// <summary>
/// The promise of the involvement exchange, put to the test: every committed report arrives, every due notification comes exactly once, none
/// undue, whatever is killed or goes away meanwhile.
/// </summary>
public static class EventChaos
{
    private const int MostExamples = 5;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    /// <summary>Starts everything, breaks it, counts, and stops everything.</summary>
    /// <param name="options">How much of it.</param>
    /// <param name="progress">Told how far it is, in words.</param>
    /// <param name="cancellationToken">Stops it early; all processes end.</param>
    public static async Task<ChaosReport> RunAsync(ChaosOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        var taken = Stopwatch.StartNew();
        progress("starting");
        await using var rig = await FederationRig.StartAsync(RigOrganisation.Four, options.Persons, options.Gateways, cancellationToken);
        var ledger = new Ledger();
        foreach (var system in rig.CaseSystems)
        {
            system.Listen(notification => ledger.Heard(system.Organisation.Oin, notification));
        }

        using var trouble = new BrokerTrouble(rig, options);
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var troubling = trouble.RunAsync(quiet.Token);
        var killer = new Killer([.. rig.Processes], options.Kills, options.Seed);
        var killing = killer.RunAsync(done => progress($"kill {done} of {options.Kills}"), cancellationToken);

        // A process that does not come back ends everything; the reason is in its task.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = killing.ContinueWith(_ => failed.Cancel(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

        long events = 0;
        var traced = false;
        var outage = Task.CompletedTask;
        try
        {
            for (var number = 0; number == 0 || events < options.Events || !killer.IsFinished; number++)
            {
                var round = new Round(rig, ledger, number, options.Persons, CompleteAsync);
                if (outage.IsCompleted && trouble.Outage == TimeSpan.Zero && events * 2 >= options.Events - (options.Persons * 9L))
                {
                    outage = trouble.GoAwayAsync(cancellationToken);
                }

                await round.RunAsync(failed.Token);
                events += round.Events;
                progress($"{events} events, {killer.Done} kills");
                if (!traced && ledger.FirstFault() is { } fault)
                {
                    traced = true;
                    Trail.Of(rig, fault, cancellationToken).ForEach(progress);
                }

                if (!ledger.IsComplete)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (killing.IsFaulted)
        {
            await killing;
        }

        await outage;
        await quiet.CancelAsync();
        await troubling;
        await killing;
        progress("waiting for silence");
        await CompleteAsync(cancellationToken);
        await SilenceAsync(ledger, cancellationToken);
        var (delivered, lost, duplicates, undue, refused) = ledger.Count();
        return new ChaosReport
        {
            Examples = ledger.Examples(MostExamples),
            Kills = killer.Done,
            Events = events,
            Due = ledger.Due,
            Delivered = delivered,
            Lost = lost,
            Duplicates = duplicates,
            Undue = undue,
            Refused = refused,
            Poison = trouble.Poison,
            PoisonSetAside = trouble.SetAside(cancellationToken),
            OutageSeconds = trouble.Outage.TotalSeconds,
            ProduceErrors = trouble.ProduceErrors,
            Gateways = options.Gateways,
            Seconds = Math.Round(taken.Elapsed.TotalSeconds, 1),
        };

        // Returns too when nothing has been heard for long: what is missing then is counted as lost.
        async Task CompleteAsync(CancellationToken ct)
        {
            var (heard, since) = (ledger.Progress, Stopwatch.StartNew());
            using var timer = new PeriodicTimer(Look);
            while (!ledger.IsComplete && since.Elapsed < options.Patience)
            {
                await timer.WaitForNextTickAsync(ct);
                if (ledger.Progress != heard)
                {
                    (heard, since) = (ledger.Progress, Stopwatch.StartNew());
                }
            }
        }
    }

    // Something undue or doubled may still be on its way.
    private static async Task SilenceAsync(Ledger ledger, CancellationToken cancellationToken)
    {
        var (heard, since) = (ledger.Progress, Stopwatch.StartNew());
        using var timer = new PeriodicTimer(Look);
        while (since.Elapsed < Quiet)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            if (ledger.Progress != heard)
            {
                (heard, since) = (ledger.Progress, Stopwatch.StartNew());
            }
        }
    }
}
