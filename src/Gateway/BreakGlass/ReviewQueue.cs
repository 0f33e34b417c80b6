using Keten.DecisionLog;
using Keten.DecisionLog.Reviews;
using Keten.Gateway.Following;

namespace Keten.Gateway.BreakGlass;

/// <summary>
/// The uses of break-glass that wait for their review, folded from the log as it is followed; nothing is kept but the open ones. An open one holds
/// back the follower's position, so that a restart reads from the oldest open one on and knows them all again; until its term of keeping is over.
/// </summary>
internal sealed class ReviewQueue(TimeProvider time) : IDecisionLogSubscriber
{
    private static readonly Task<bool> None = Task.FromResult(true);

    private readonly Lock _gate = new();
    private readonly BreakGlassFold _fold = new();
    private readonly Dictionary<string, TaskCompletionSource<bool>> _open = new(StringComparer.Ordinal);
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _next = -1;

    /// <inheritdoc/>
    public string Name => "break-glass-review";

    /// <inheritdoc/>
    public ValueTask<Task<bool>> TakeAsync(DurableRecord record, CancellationToken cancellationToken) =>
        ValueTask.FromResult(BreakGlassFold.MayMatter(record) ? Take(record) : None);

    /// <inheritdoc/>
    public void ReadUpTo(long next)
    {
        lock (_gate)
        {
            _next = next;
            _moved.SetResult();
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits until everything that was on the log when it was asked is known here.</summary>
    /// <param name="durable">Records on the log.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task CaughtUpAsync(long durable, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                if (_next >= durable)
                {
                    return;
                }

                moved = _moved.Task;
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>What waits, oldest first.</summary>
    public IReadOnlyList<BreakGlassUse> Open()
    {
        lock (_gate)
        {
            return [.. _fold.Uses];
        }
    }

    /// <summary>The open one with this decision id; null when it is not open, or never was.</summary>
    public BreakGlassUse? Find(string decisionId)
    {
        lock (_gate)
        {
            return _fold.Find(decisionId);
        }
    }

    /// <summary>How many wait, and of how many the term has passed.</summary>
    public (long Open, long Overdue) Count()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            return (_open.Count, _fold.Uses.Count(use => use.IsOverdue(now)));
        }
    }

    /// <summary>Lets go of what was decided before a moment: it holds back the follower's position, and with that the retention of everybody's records.</summary>
    /// <returns>What nobody reviewed.</returns>
    public IReadOnlyList<BreakGlassUse> Release(DateTimeOffset before)
    {
        lock (_gate)
        {
            var released = _fold.Uses.Where(use => use.Decision.DecidedAt.ToDateTimeOffset() < before).ToList();
            foreach (var use in released)
            {
                _fold.Forget(use);
                if (_open.Remove(use.Decision.DecisionId, out var waiting))
                {
                    waiting.SetResult(true);
                }
            }

            return released;
        }
    }

    private Task<bool> Take(DurableRecord record)
    {
        lock (_gate)
        {
            if (_fold.Add(record.Index, record.Read()) is not { } use)
            {
                return None;
            }

            var id = use.Decision.DecisionId;
            if (use.State != ReviewState.Open)
            {
                _fold.Forget(use);
                if (_open.Remove(id, out var waiting))
                {
                    waiting.SetResult(true);
                }

                return None;
            }

            if (_open.ContainsKey(id))
            {
                // A review that leaves it open, or a record that came again.
                return None;
            }

            var opened = _open[id] = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return opened.Task;
        }
    }
}
