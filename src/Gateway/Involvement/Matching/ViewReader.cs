using System.Text;
using System.Threading.Channels;
using Confluent.Kafka;
using Google.Protobuf;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Gateway.Involvement.Delivery;
using Keten.Gateway.Involvement.View;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>
/// Reads the authorised involvements: all of them into the view at start, and from the mark of what was notified before on also to the
/// matcher. The view waits neither for the matcher nor for what it sends. Every replica holds the whole view; notifications of two replicas have the same ids.
/// </summary>
internal sealed partial class ViewReader(
    KafkaClients clients, InvolvementView view, ViewProgress progress, InvolvementReadiness readiness, Matcher matcher, DeadLetters deadLetters,
    Mailboxes mailboxes, Persistence persistence, TimeProvider time, ILogger<ViewReader> logger) : BackgroundService
{
    private const string Group = ConsumerGroups.Matcher;
    private const int MaxBatch = 1_000;
    private const string Malformed = "EVENT_MALFORMED";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<IConsumer<byte[], byte[]>> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Unbounded: the log holds it all anyway, and a view that waits for the policy would be wrong meanwhile.
    private readonly Channel<Step> _steps = Channel.CreateUnbounded<Step>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private Dictionary<int, long> _notified = [];

    /// <summary>Completes when the view has taken in everything that is in the topic now.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var consumer = await _connected.Task.WaitAsync(cancellationToken);
        var ends = await persistence.DoAsync("catch up", ct => Task.Run(() => EndsOf(consumer, consumer.Assignment), ct), cancellationToken);
        await Task.WhenAll(ends.Select(end => progress.ReachedAsync(end.Partition, end.Offset, cancellationToken)));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var consumer = clients.CreateConsumer("gateway-matcher", Group);
        var started = time.GetTimestamp();
        var ends = await persistence.DoAsync("connect", ct => Task.Run(() => Connect(consumer), ct), stoppingToken);
        _connected.SetResult(consumer);

        // Records below the mark only rebuild: committing their offsets would move the mark back.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var marks = new Marks(consumer, logger);
        var reading = new BatchConsumer(consumer, MaxBatch, logger).RunAsync((batch, _) => Take(batch, marks), either.Token);
        var matching = MatchAsync(marks, either.Token);
        try
        {
            await await Task.WhenAny(reading, matching, RebuildAsync(ends, started, either.Token));
            await await Task.WhenAny(reading, matching);
        }
        finally
        {
            // The consumer goes when nobody uses it any more.
            await either.CancelAsync();
            marks.Stop();
            await reading;
        }
    }

    private async Task RebuildAsync(List<TopicPartitionOffset> ends, long started, CancellationToken cancellationToken)
    {
        await Task.WhenAll(ends.Select(end => progress.ReachedAsync(end.Partition, end.Offset, cancellationToken)));
        readiness.SetCaughtUp();
        Log.Rebuilt(logger, ends.Count, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    private List<TopicPartitionOffset> Connect(IConsumer<byte[], byte[]> consumer)
    {
        var count = KafkaClients.CountPartitions(consumer.Handle, Topics.InvolvementByPerson, Timeout);
        var partitions = Enumerable.Range(0, count).Select(p => new TopicPartition(Topics.InvolvementByPerson, p)).ToList();
        _notified = consumer.Committed(partitions, Timeout).ToDictionary(c => c.Partition.Value, c => c.Offset.IsSpecial ? 0 : c.Offset.Value);
        var ends = EndsOf(consumer, partitions);
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        return ends;
    }

    // The last record that is there; negative when there is none to wait for.
    private static List<TopicPartitionOffset> EndsOf(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) =>
        [.. partitions.Select(p => (Partition: p, Marks: consumer.QueryWatermarkOffsets(p, Timeout)))
            .Select(p => new TopicPartitionOffset(p.Partition, p.Marks.High > p.Marks.Low ? p.Marks.High.Value - 1 : -1))];

    private bool IsNew(TopicPartitionOffset record) => record.Offset.Value >= _notified.GetValueOrDefault(record.Partition.Value);

    private Task Take(IReadOnlyList<ConsumeResult<byte[], byte[]>> batch, Marks marks)
    {
        foreach (var record in batch)
        {
            var step = Apply(record);
            progress.Advance(record.Partition, record.Offset);
            if (IsNew(record.TopicPartitionOffset))
            {
                marks.Begin(record.TopicPartitionOffset);
                _steps.Writer.TryWrite(step);
            }
        }

        return Task.CompletedTask;
    }

    private async Task MatchAsync(Marks marks, CancellationToken cancellationToken)
    {
        await foreach (var step in _steps.Reader.ReadAllAsync(cancellationToken))
        {
            IReadOnlyList<Parcel> posted = step switch
            {
                { IsMalformed: true } => [await SetAsideAsync(step.Record, cancellationToken)],
                { Transition: { } transition } => await matcher.NotifyAsync(transition, cancellationToken),
                _ => [],
            };
            _ = marks.FinishAsync(step.Record.TopicPartitionOffset, posted);
        }
    }

    private Task<Parcel> SetAsideAsync(ConsumeResult<byte[], byte[]> record, CancellationToken cancellationToken) => mailboxes.PostAsync(
        Topics.DeadLetter(record.Topic), "", ct => deadLetters.SendAsync(record, Malformed, "", withContent: true, ct), cancellationToken);

    private Step Apply(ConsumeResult<byte[], byte[]> record)
    {
        if (record.Message.Value is null)
        {
            return new Step(record, Forget(record));
        }

        if (!TryRead(record, out var person, out var authorised))
        {
            Log.Malformed(logger, record.Partition.Value, record.Offset.Value);
            return new Step(record, IsMalformed: true);
        }

        var after = new HeldInvolvement(authorised);
        return view.TryApply(person, after, out var before)
            ? new Step(record, new Transition(person, authorised.Event, before, after, view.Of(person)))
            : new Step(record);
    }

    private static bool TryRead(ConsumeResult<byte[], byte[]> record, out Pseudonym person, out AuthorisedInvolvement authorised)
    {
        person = default;
        try
        {
            authorised = AuthorisedInvolvement.Parser.ParseFrom(record.Message.Value);
            return authorised.Event is not null && Oin.TryParse(authorised.Oin, out _) && Pseudonym.TryParse(authorised.Event.Subject, out person);
        }
        catch (InvalidProtocolBufferException)
        {
            authorised = new();
            return false;
        }
    }

    // Whoever knew of it hears that it ended, as if it had been ended before.
    private Transition? Forget(ConsumeResult<byte[], byte[]> record)
    {
        var key = Encoding.UTF8.GetString(record.Message.Key ?? []).Split('/', 3);
        if (key.Length != 3 || !Pseudonym.TryParse(key[0], out var person) || !Oin.TryParse(key[1], out var organisation)
            || view.Find(person, organisation, key[2]) is not { } held)
        {
            return null;
        }

        view.Forget(person, organisation, key[2]);
        var cause = new InvolvementChanged
        {
            Change = Change.Ended, InvolvementId = held.InvolvementId, Version = held.Version + 1, Subject = person.Value, Purpose = held.Purpose,
        };
        var after = new HeldInvolvement(new AuthorisedInvolvement { Oin = organisation.Value, OrganisationType = held.OrganisationType, Event = cause });
        return held.Active ? new Transition(person, cause, held, after, [.. view.Of(person), after]) : null;
    }

    // What the matcher has to do for one record.
    private sealed record Step(ConsumeResult<byte[], byte[]> Record, Transition? Transition = null, bool IsMalformed = false);

    private static partial class Log
    {
        [LoggerMessage(3402, LogLevel.Information, "View of involvements is complete: {Partitions} partitions in {Milliseconds} ms")]
        public static partial void Rebuilt(ILogger logger, int partitions, long milliseconds);

        [LoggerMessage(3403, LogLevel.Error, "Authorised involvement {Partition}/{Offset} cannot be read and goes to the dead letters")]
        public static partial void Malformed(ILogger logger, int partition, long offset);
    }
}
