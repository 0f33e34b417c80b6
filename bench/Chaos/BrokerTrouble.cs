using System.Text;
using Confluent.Kafka;
using Keten.Bench.Rig;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Events.Operation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Bench.Chaos;

/// <summary>What goes wrong at the broker: failing produce requests, an outage, records that cannot be read.</summary>
internal sealed class BrokerTrouble(FederationRig rig, ChaosOptions options) : IDisposable
{
    private const int Requests = 100;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);
    private static readonly ErrorCode[] Errors = [ErrorCode.NotLeaderForPartition, ErrorCode.RequestTimedOut, ErrorCode.NotEnoughReplicas];

    private readonly KafkaClients _clients = new(rig.Events, NullLogger<KafkaClients>.Instance);
    private readonly Random _random = new(options.Seed);
    private EventProducer? _producer;

    public long ProduceErrors { get; private set; }

    public long Poison { get; private set; }

    public TimeSpan Outage { get; private set; }

    /// <summary>Goes on until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _producer = new EventProducer(_clients, "keten-chaos");
        using var timer = new PeriodicTimer(Between);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                FailSome();
                var oin = rig.Organisations[_random.Next(rig.Organisations.Count)].Oin;
                await PoisonAsync(oin);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The rest is quiet.
        }
    }

    /// <summary>The broker is away for a while.</summary>
    public async Task GoAwayAsync(CancellationToken cancellationToken)
    {
        if (rig.Broker is { } broker && options.Outage > TimeSpan.Zero)
        {
            broker.SetDown();
            try
            {
                await Task.Delay(options.Outage, cancellationToken);
            }
            finally
            {
                broker.SetUp();
                Outage += options.Outage;
            }
        }
    }

    /// <summary>How many of the unreadable records stand among the dead letters.</summary>
    public long SetAside(CancellationToken cancellationToken) =>
        new DeadLetterBox(_clients, TimeProvider.System).Read(rig.Organisations.Select(o => Topics.Involvement(o.Oin)), cancellationToken)
            .Where(letter => letter.Reason == "EVENT_MALFORMED").Select(letter => letter.Original).OfType<TopicPartitionOffset>().Distinct().Count();

    public void Dispose() => _producer?.Dispose();

    private void FailSome()
    {
        if (rig.Broker is not { } broker || options.ProduceErrors <= 0)
        {
            return;
        }

        var codes = new ErrorCode[Requests / 10];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = _random.NextDouble() < options.ProduceErrors ? Errors[_random.Next(Errors.Length)] : ErrorCode.NoError;
        }

        ProduceErrors += codes.Count(code => code != ErrorCode.NoError);
        broker.FailNextProduces(codes);
    }

    // Not given up half-way: it must be known how many there are.
    private async Task PoisonAsync(Oin oin)
    {
        var envelope = new CloudEvent($"poison-{Poison}", CloudEvent.SourceOf(oin), EventTypes.InvolvementChanged, TimeProvider.System.GetUtcNow());
        Poison++;
        var bytes = new byte[40];
        _random.NextBytes(bytes);
        bytes[0] = 0xff;
        await _producer!.SendAsync(
            Topics.Involvement(oin), null, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes($"poison-{Poison}"), Value = bytes, Headers = envelope.ToHeaders() }, CancellationToken.None);
    }
}
