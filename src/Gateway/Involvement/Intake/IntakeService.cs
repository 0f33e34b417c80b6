using Confluent.Kafka;
using Keten.Events;
using Keten.DecisionLog;
using Keten.Gateway.Involvement.Delivery;
using Keten.Gateway.Involvement.Expiry;
using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;
using Keten.Gateway.Metrics;
using Keten.Identity;
using Keten.Protocol.V1;
using Microsoft.Extensions.Primitives;

namespace Keten.Gateway.Involvement.Intake;

/// <summary>
/// read, decide, log, effect: every report of every participant, in order per person. Offsets move only when effects are with the broker, so
/// that a crash anywhere repeats; repeats have no second effect.
/// </summary>
internal sealed partial class IntakeService(
    KafkaClients clients, IParticipantRegistry participants, ViewReader viewReader, InvolvementReadiness readiness, InvolvementView view,
    ViewProgress progress, ReportReader reader, ReportAuthoriser authoriser, IntakeRecords records, IntakeEffects effects, Mailboxes mailboxes,
    Persistence persistence, InvolvementMetrics metrics, DecisionMetrics decisions, ILogger<IntakeService> logger) : BackgroundService
{
    private const int MaxBatch = 500;

    private volatile bool _newlyAssigned;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Decided on half a view, a true update would be refused.
        await readiness.CaughtUp.WaitAsync(stoppingToken);

        Marks? marks = null;
        using var consumer = clients.CreateConsumer("gateway-intake", ConsumerGroups.Intake, partitions =>
        {
            marks!.Restart(partitions);
            _newlyAssigned = true;
        });
        marks = new Marks(consumer, logger);
        using var registration = ChangeToken.OnChange(participants.GetReloadToken, () => Subscribe(consumer));
        Subscribe(consumer);
        try
        {
            await new BatchConsumer(consumer, MaxBatch, logger).RunAsync((batch, ct) => HandleAsync(batch, marks, ct), stoppingToken);
        }
        finally
        {
            marks.Stop();
        }
    }

    private void Subscribe(IConsumer<byte[], byte[]> consumer)
    {
        var topics = participants.All.Select(p => Topics.Involvement(p.Oin)).ToList();
        try
        {
            if (topics.Count == 0)
            {
                consumer.Unsubscribe();
            }
            else
            {
                consumer.Subscribe(topics);
            }

            Log.Subscribed(logger, topics.Count);
        }
        catch (Exception failure) when (failure is KafkaException or ObjectDisposedException)
        {
            // The registry reloads while this gateway stops; whoever called us must not suffer for it.
            Log.NotSubscribed(logger, failure);
        }
    }

    private async Task HandleAsync(IReadOnlyList<ConsumeResult<byte[], byte[]>> batch, Marks marks, CancellationToken cancellationToken)
    {
        foreach (var record in batch)
        {
            marks.Begin(record.TopicPartitionOffset);
        }

        // Partitions that came over from another replica: see first what that one let in.
        if (_newlyAssigned)
        {
            _newlyAssigned = false;
            await viewReader.CatchUpAsync(cancellationToken);
        }

        foreach (var tombstone in batch.Where(ReportReader.IsTombstone))
        {
            _ = marks.FinishAsync(tombstone.TopicPartitionOffset, []);
        }

        await Task.WhenAll(batch.Where(r => !ReportReader.IsTombstone(r)).Select(reader.Read).GroupBy(r => r.Lane).Select(lane => HandleLaneAsync(lane, marks, cancellationToken)));
    }

    // What goes to the reporter and the dead letters is only posted here: a topic of one participant holds up no other.
    private async Task HandleLaneAsync(IEnumerable<IncomingReport> lane, Marks marks, CancellationToken cancellationToken)
    {
        foreach (var report in lane)
        {
            var posted = await HandleOrSetAsideAsync(report, cancellationToken);
            _ = marks.FinishAsync(report.Record.TopicPartitionOffset, posted);
        }
    }

    private async Task<IReadOnlyList<Parcel>> HandleOrSetAsideAsync(IncomingReport report, CancellationToken cancellationToken)
    {
        try
        {
            return await HandleAsync(report, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A fault of ours on this one record: it must not hold up all others, and it must not be lost. The type only: a message may hold
            // what must not be in a log.
            Log.Failed(logger, report.Record.Topic, report.Record.Partition.Value, report.Record.Offset.Value, failure.GetType().FullName ?? "");
            return await RefuseAsync(report, await RecordAsync(report, authoriser.Fail(), cancellationToken), cancellationToken);
        }
    }

    private async Task<IReadOnlyList<Parcel>> HandleAsync(IncomingReport report, CancellationToken cancellationToken)
    {
        if (report is { Fault: null, Event: { Change: Change.Erased } erased })
        {
            // Reported anew since: this is the erasure of before once more. Of the same version it may have stopped half-way.
            return view.Table.Find(report.Person, report.Owner, erased.InvolvementId) is { } since && since.Version > erased.Version && IsRepeat(since, erased)
                ? []
                : await EraseAsync(report, cancellationToken);
        }

        if (report is { Fault: null, Event.Change: Change.Moved })
        {
            return await MoveAsync(report, cancellationToken);
        }

        if (report is { Fault: null, Event: { } change } && view.Table.FindLast(report.Person, report.Owner, change.InvolvementId) is { } last
            && last.Version >= change.Version)
        {
            return IsRepeat(last, change)
                ? await RepeatAsync(report, last, cancellationToken)
                : await RefuseAsync(report, await RecordAsync(report, authoriser.RefuseOutdated(), cancellationToken), cancellationToken);
        }

        var verdict = await persistence.DoAsync("decide", ct => authoriser.DecideAsync(report, ct), cancellationToken);
        verdict = await RecordAsync(report, verdict, cancellationToken);
        return await (verdict.Allowed ? AdmitAsync(report, verdict, cancellationToken) : RefuseAsync(report, verdict, cancellationToken));
    }

    // Told later than what is held, and yet no newer: its organisation lost count (a database from a backup) and must hear of it.
    private static bool IsRepeat(HeldInvolvement held, InvolvementChanged change)
    {
        var occurredAt = InvolvementRow.Seconds(change.OccurredAt);
        return occurredAt == 0 || (change.Version == held.Version ? occurredAt == held.OccurredAt : occurredAt <= held.OccurredAt);
    }

    // What is on the log is the verdict that stands.
    private async Task<Verdict> RecordAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken)
    {
        try
        {
            await persistence.DoAsync("log", ct => records.AppendAsync(report, verdict, ct), cancellationToken);
            decisions.Decided(IntakeRecords.EnforcementPoint, verdict.Allowed ? null : verdict.ReasonCode);
            return verdict;
        }
        catch (BsnInRecordException found)
        {
            var refused = authoriser.RefusePersonalData();
            Log.PersonalData(logger, report.Owner.Value, refused.DecisionId, found.Field);
            await persistence.DoAsync("log", ct => records.AppendWithoutWordsAsync(report, refused, ct), cancellationToken);
            decisions.Decided(IntakeRecords.EnforcementPoint, refused.ReasonCode);
            return refused;
        }
    }

    private async Task<IReadOnlyList<Parcel>> AdmitAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken)
    {
        var admitted = await persistence.DoAsync("admit", ct => effects.AdmitAsync(report, verdict, ct), cancellationToken);

        // The next report on this person is decided on a view that has seen this one; and who has the receipt may ask at once.
        await ReachedAsync(admitted, cancellationToken);
        return [await PostReceiptAsync(report, ct => effects.ReceiptAsync(report, verdict, ct), cancellationToken)];
    }

    private async Task<IReadOnlyList<Parcel>> EraseAsync(IncomingReport report, CancellationToken cancellationToken)
    {
        var verdict = authoriser.AllowErasure();
        var purpose = view.Table.Find(report.Person, report.Owner, report.Event!.InvolvementId)?.Purpose ?? "";
        await persistence.DoAsync("log", ct => records.AppendErasureAsync(report, purpose, verdict, ct), cancellationToken);
        decisions.Decided(IntakeRecords.EnforcementPoint, refusal: null);
        await ReachedAsync(await persistence.DoAsync("erase", ct => effects.EraseAsync(report, verdict.DecisionId, ct), cancellationToken), cancellationToken);
        Log.Erased(logger, report.Owner.Value, verdict.DecisionId, report.Record.Topic, report.Record.Partition.Value, report.Record.Offset.Value);
        return [];
    }

    // What counted under one pseudonym counts under others of the same person. It was decided when it was reported.
    private async Task<IReadOnlyList<Parcel>> MoveAsync(IncomingReport report, CancellationToken cancellationToken)
    {
        if (effects.FindMoved(report) is not { } held)
        {
            Log.NotMoved(logger, report.Owner.Value, report.Record.Topic, report.Record.Partition.Value, report.Record.Offset.Value);
            return [];
        }

        await persistence.DoAsync("log", ct => records.AppendAsync(report, authoriser.Move(), ct), cancellationToken);
        decisions.Decided(IntakeRecords.EnforcementPoint, refusal: null);
        await ReachedAsync(await persistence.DoAsync("move", ct => effects.MoveAsync(report, held, ct), cancellationToken), cancellationToken);
        return [];
    }

    private async Task ReachedAsync(IReadOnlyList<TopicPartitionOffset> written, CancellationToken cancellationToken)
    {
        foreach (var record in written)
        {
            await progress.ReachedAsync(record.Partition, record.Offset, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<Parcel>> RefuseAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken)
    {
        Log.Refused(logger, report.Owner.Value, verdict.ReasonCode, report.FaultText.Length > 0 ? report.FaultText : verdict.Expected, verdict.DecisionId,
            report.Record.Topic, report.Record.Partition.Value, report.Record.Offset.Value);
        await RetireTooOldAsync(report, verdict, cancellationToken);
        var letter = await mailboxes.PostAsync(
            Topics.DeadLetter(report.Record.Topic), report.Lane, ct => effects.RefuseAsync(report, verdict, ct), cancellationToken);
        return report.Event is null
            ? [letter]
            : [letter, await PostReceiptAsync(report, ct => effects.ReceiptAsync(report, verdict, ct), cancellationToken)];
    }

    private async Task RetireTooOldAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken)
    {
        if (verdict.ReasonCode != IntakeRefusals.AgeOutOfRange || report.Event is not { } change || !IndexRules.IsTooOld(change.Purpose, report.Facts))
        {
            return;
        }

        foreach (var person in report.Persons)
        {
            if (view.Table.Find(person, report.Owner, change.InvolvementId) is { Active: true } held && held.Purpose == change.Purpose)
            {
                await persistence.DoAsync("end", ct => effects.RetireAsync(held, ct), cancellationToken);
            }
        }
    }

    private async Task<IReadOnlyList<Parcel>> RepeatAsync(IncomingReport report, HeldInvolvement held, CancellationToken cancellationToken)
    {
        metrics.Repeated();
        Log.Repeated(logger, report.Owner.Value, report.Record.Topic, report.Record.Partition.Value, report.Record.Offset.Value);
        return held.Version == report.Event!.Version && !held.Forgotten
            ? [await PostReceiptAsync(report, ct => effects.RepeatReceiptAsync(report, held, ct), cancellationToken)]
            : [];
    }

    private Task<Parcel> PostReceiptAsync(IncomingReport report, Func<CancellationToken, Task> send, CancellationToken cancellationToken) =>
        mailboxes.PostAsync(Topics.Notifications(report.Owner), report.Lane, send, cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(3201, LogLevel.Information, "Intake reads the involvement topics of {Count} participants")]
        public static partial void Subscribed(ILogger logger, int count);

        [LoggerMessage(3205, LogLevel.Warning, "Intake could not change its subscription; it keeps the one it has")]
        public static partial void NotSubscribed(ILogger logger, Exception failure);

        [LoggerMessage(3202, LogLevel.Information,
            "Report of {Oin} refused: {Reason} {Expected} (decision {DecisionId}); dead letter of {Topic}/{Partition}/{Offset}")]
        public static partial void Refused(
            ILogger logger, string oin, string reason, string expected, string decisionId, string topic, int partition, long offset);

        [LoggerMessage(3206, LogLevel.Warning,
            "Report of {Oin} holds what may be a BSN, in {Field}; it is refused and recorded without its words (decision {DecisionId})")]
        public static partial void PersonalData(ILogger logger, string oin, string decisionId, string field);

        [LoggerMessage(3204, LogLevel.Error, "Report {Topic}/{Partition}/{Offset} could not be handled ({Problem}) and goes to the dead letters")]
        public static partial void Failed(ILogger logger, string topic, int partition, long offset, string problem);

        [LoggerMessage(3207, LogLevel.Information, "{Oin} erased an involvement (decision {DecisionId}, {Topic}/{Partition}/{Offset}): it is forgotten, and who knew of it is told that it ended")]
        public static partial void Erased(ILogger logger, string oin, string decisionId, string topic, int partition, long offset);

        [LoggerMessage(3208, LogLevel.Information, "{Oin} moved an involvement to another key that is not held, or is over ({Topic}/{Partition}/{Offset}): it has no effect")]
        public static partial void NotMoved(ILogger logger, string oin, string topic, int partition, long offset);

        [LoggerMessage(3203, LogLevel.Debug, "Report of {Oin} was taken in before: {Topic}/{Partition}/{Offset} has no second effect")]
        public static partial void Repeated(ILogger logger, string oin, string topic, int partition, long offset);
    }
}
