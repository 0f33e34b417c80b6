namespace Keten.Gateway.BreakGlass;

/// <summary>One at a time for each decision: who is busy with one keeps nobody from another. Nothing is kept of a decision nobody is busy with.</summary>
internal sealed class DecisionLocks
{
    private readonly Dictionary<string, Turns> _busy = new(StringComparer.Ordinal);

    /// <summary>Waits for the turn; dispose it.</summary>
    public async Task<IDisposable> EnterAsync(string decisionId, CancellationToken cancellationToken)
    {
        Turns? turns;
        lock (_busy)
        {
            if (!_busy.TryGetValue(decisionId, out turns))
            {
                _busy[decisionId] = turns = new Turns();
            }

            turns.Wanted++;
        }

        try
        {
            await turns.One.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(decisionId, turns);
            throw;
        }

        return new Turn(this, decisionId, turns);
    }

    private void Leave(string decisionId, Turns turns)
    {
        lock (_busy)
        {
            if (--turns.Wanted == 0)
            {
                _busy.Remove(decisionId);
                turns.One.Dispose();
            }
        }
    }

    private sealed class Turns
    {
        public SemaphoreSlim One { get; } = new(1);

        public int Wanted { get; set; }
    }

    private sealed class Turn(DecisionLocks locks, string decisionId, Turns turns) : IDisposable
    {
        public void Dispose()
        {
            turns.One.Release();
            locks.Leave(decisionId, turns);
        }
    }
}
