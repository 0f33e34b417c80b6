using Confluent.Kafka;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Involvement.Expiry;

/// <summary>
/// Does what days bring about (M6, M7): reminds, ends, forgets, passes on. It only writes records on the involvements themselves; who is told
/// follows from those, as from any report. So a replica that dies, starts again, or sweeps beside another changes nothing twice.
/// </summary>
internal sealed partial class Sweeper(
    InvolvementView view, InvolvementReadiness readiness, ViewReader reader, MatchService matching, Retirement retirement, LeadQuestion lead,
    Persistence persistence, InvolvementMetrics metrics, IOptions<InvolvementOptions> options, TimeProvider time, ILogger<Sweeper> logger) : BackgroundService
{
    private const int Together = 256;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.CaughtUp.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        do
        {
            await SweepAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Looks once, at the persons whose partition this replica has.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var today = IndexRules.Today(time);
        var done = 0;
        foreach (var some in view.Table.ReadDue(today).Where(due => IsOurs(due.Person)).Chunk(Together))
        {
            await Task.WhenAll(some.Select(due => ActAsync(due.Person, due.Involvement, today, cancellationToken)));
            done += some.Length;
        }

        if (done > 0)
        {
            Log.Swept(logger, done);
        }
    }

    private bool IsOurs(Pseudonym person) => matching.Owns(PersonPartition.Of(person.Value, reader.Partitions));

    private async Task ActAsync(Pseudonym person, HeldInvolvement involvement, ushort today, CancellationToken cancellationToken)
    {
        var (endsOn, reason) = involvement.Ends;
        if (!involvement.Active)
        {
            await DoAsync("forgotten", ct => retirement.ForgetAsync(person, involvement, ct), cancellationToken);
            return;
        }

        if (endsOn <= today)
        {
            await DoAsync("ended", ct => retirement.EndAsync(involvement, reason, involvement.Version, ct), cancellationToken);
            return;
        }

        var escalated = involvement.LeadDue <= today
            && await lead.IsUnansweredAsync(view.Table.Of(person), involvement, cancellationToken);
        var reminded = involvement.ReminderDue <= today;
        view.Table.SetLeadChecked(person, involvement, today);
        if (escalated || reminded)
        {
            await DoAsync(escalated ? "escalated" : "reminded", ct => retirement.MarkAsync(involvement, reminded, escalated, ct), cancellationToken);
        }
    }

    private async Task DoAsync(string what, Func<CancellationToken, Task<TopicPartitionOffset>> write, CancellationToken cancellationToken)
    {
        await persistence.DoAsync(what, write, cancellationToken);
        metrics.Expired(what);
    }

    private static partial class Log
    {
        [LoggerMessage(3601, LogLevel.Information, "{Count} involvements came to a day on which something is due, and it was done")]
        public static partial void Swept(ILogger logger, int count);
    }
}
