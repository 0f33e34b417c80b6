using Confluent.Kafka;
using Keten.Events;

namespace Keten.Gateway.Involvement.View;

/// <summary>How far the view has come in each partition, and who waits for it.</summary>
internal sealed class ViewProgress
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _applied = [];
    private readonly List<(int Partition, long Offset, TaskCompletionSource Reached)> _waiting = [];

    /// <summary>Number of partitions; 0 before the first connection.</summary>
    public int Partitions { get; set; }

    /// <summary>How far the partition of a person has been read.</summary>
    public ViewPosition PositionOf(string pseudonym)
    {
        if (Partitions == 0)
        {
            return default;
        }

        var partition = PersonPartition.Of(pseudonym, Partitions);
        lock (_gate)
        {
            return new ViewPosition(partition, _applied.TryGetValue(partition, out var offset) ? offset + 1 : 0);
        }
    }

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>The record at this offset has been taken in.</summary>
    public void Advance(Partition partition, Offset offset)
    {
        lock (_gate)
        {
            _applied[partition.Value] = offset.Value;
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Partition == partition.Value && _waiting[i].Offset <= offset.Value)
                {
                    _waiting[i].Reached.TrySetResult();
                    _waiting.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Completes when the view has taken in this record; a negative offset is always reached.</summary>
    public async Task ReachedAsync(Partition partition, Offset offset, CancellationToken cancellationToken)
    {
        var waiting = (Partition: partition.Value, Offset: offset.Value, Reached: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            if (offset.Value < 0 || (_applied.TryGetValue(partition.Value, out var applied) && applied >= offset.Value))
            {
                return;
            }

            _waiting.Add(waiting);
        }

        try
        {
            await waiting.Reached.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                _waiting.Remove(waiting);
            }

            throw;
        }
    }
}
