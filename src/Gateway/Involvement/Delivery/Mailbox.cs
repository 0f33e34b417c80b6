using System.Threading.Channels;
using Confluent.Kafka;
using Keten.Events;

namespace Keten.Gateway.Involvement.Delivery;

/// <summary>
/// What waits for one topic. It is tried again until it arrives; a topic that cannot be written keeps only its own parcels waiting. When such
/// a mailbox is full, further parcels are set aside: the offset of what caused them is never committed, so that they come again at the next
/// start.
/// </summary>
internal sealed partial class Mailbox(string topic, TimeProvider time, ILogger logger)
{
    private const int Capacity = 1_000;

    private readonly Channel<Parcel> _parcels = Channel.CreateBounded<Parcel>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private volatile TaskCompletionSource _behind = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when there was room. A mailbox that is merely busy makes its sender wait; one that is behind does not.</summary>
    public async Task PostAsync(Parcel parcel, CancellationToken cancellationToken)
    {
        while (!_parcels.Writer.TryWrite(parcel))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var behind = _behind.Task;
            if (behind.IsCompleted)
            {
                parcel.SetAside();
                Log.SetAside(logger, topic, Capacity);
                return;
            }

            await Task.WhenAny(_parcels.Writer.WaitToWriteAsync(cancellationToken).AsTask(), behind);
        }
    }

    /// <summary>Sends until the token ends it; what did not arrive is not lost, see <see cref="Marks"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        var round = new List<Parcel>(Capacity);
        while (await _parcels.Reader.WaitToReadAsync(cancellationToken))
        {
            while (round.Count < Capacity && _parcels.Reader.TryRead(out var parcel))
            {
                round.Add(parcel);
            }

            while (await SendAsync(round, cancellationToken) is { } fault)
            {
                Log.Behind(logger, topic, fault, backoff.Attempts + 1, round.Count);
                _behind.TrySetResult();
                await backoff.WaitAsync(cancellationToken);
            }

            backoff.Reset();
            if (_behind.Task.IsCompleted)
            {
                _behind = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    // Lanes side by side; what arrived leaves the round. One of the faults, or null.
    private static async Task<string?> SendAsync(List<Parcel> round, CancellationToken cancellationToken)
    {
        var faults = await Task.WhenAll(round.GroupBy(p => p.Lane).Select(lane => SendLaneAsync(lane, cancellationToken)));
        round.RemoveAll(p => p.Arrived.IsCompleted);
        return Array.Find(faults, fault => fault is not null);
    }

    private static async Task<string?> SendLaneAsync(IEnumerable<Parcel> lane, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var parcel in lane)
            {
                await parcel.SendAsync(cancellationToken);
            }

            return null;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return failure is KafkaException { Error.Code: var code } ? code.ToString() : failure.GetType().Name;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3303, LogLevel.Error,
            "Topic {Topic} cannot be written ({Fault}, {Times} times): {Waiting} messages wait, others go on. Does it exist, and may the gateway write it?")]
        public static partial void Behind(ILogger logger, string topic, string fault, int times, int waiting);

        [LoggerMessage(3304, LogLevel.Error,
            "More than {Capacity} messages wait for topic {Topic}: this one is sent after the next start of the gateway. Put the topic right and restart")]
        public static partial void SetAside(ILogger logger, string topic, int capacity);
    }
}
