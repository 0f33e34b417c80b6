using Confluent.Kafka;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>Takes the steps of a partition, in order.</summary>
internal interface IStepFollower
{
    /// <summary>False when there is no room; then none follows.</summary>
    bool TryTake(Step step);
}

/// <summary>Who follows the view, and how far the view has come: both under one lock for each partition, so that no step falls in between.</summary>
internal sealed class Followers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Seat> _seats = [];

    public bool TryAdd(int partition, long next, IStepFollower follower)
    {
        var seat = SeatOf(partition);
        lock (seat)
        {
            if (seat.Next > next)
            {
                return false;
            }

            seat.Follower = follower;
            return true;
        }
    }

    public void Remove(int partition, IStepFollower follower)
    {
        var seat = SeatOf(partition);
        lock (seat)
        {
            seat.Follower = ReferenceEquals(seat.Follower, follower) ? null : seat.Follower;
        }
    }

    public long NextOf(int partition)
    {
        var seat = SeatOf(partition);
        lock (seat)
        {
            return seat.Next;
        }
    }

    /// <summary>Takes a record into the view and hands its step to the follower.</summary>
    /// <param name="record">The record.</param>
    /// <param name="take">Takes it in; the argument tells whether somebody will look at the step.</param>
    public Step Take(ConsumeResult<byte[], byte[]> record, Func<bool, Step> take)
    {
        var seat = SeatOf(record.Partition.Value);
        lock (seat)
        {
            var step = take(seat.Follower is not null);
            seat.Next = record.Offset.Value + 1;
            if (seat.Follower is { } follower && !follower.TryTake(step))
            {
                seat.Follower = null;
            }

            return step;
        }
    }

    private Seat SeatOf(int partition)
    {
        lock (_gate)
        {
            return _seats.TryGetValue(partition, out var seat) ? seat : _seats[partition] = new();
        }
    }

    private sealed class Seat
    {
        public long Next { get; set; }

        public IStepFollower? Follower { get; set; }
    }
}
