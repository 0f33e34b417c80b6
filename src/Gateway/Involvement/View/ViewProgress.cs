using Confluent.Kafka;

namespace Keten.Gateway.Involvement.View;

/// <summary>How far the view has come in each partition, and who waits for it.</summary>
internal sealed class ViewProgress
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _applied = [];
    private readonly List<(int Partition, long Offset, TaskCompletionSource Reached)> _waiting = [];

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
    public Task ReachedAsync(Partition partition, Offset offset, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (offset.Value < 0 || (_applied.TryGetValue(partition.Value, out var applied) && applied >= offset.Value))
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((partition.Value, offset.Value, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }
}
