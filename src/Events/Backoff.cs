namespace Keten.Events;

/// <summary>Waits that double from 50 ms up to 5 s, with jitter so that many do not return at once. One instance per thing that is retried.</summary>
public sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan _next = First;

    /// <summary>How often has been waited since the last success.</summary>
    public int Attempts { get; private set; }

    /// <summary>Waits before the next attempt.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        Attempts++;
        var wait = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        await Task.Delay(wait, time, cancellationToken);
    }

    /// <summary>It worked: the next failure waits shortly again.</summary>
    public void Reset()
    {
        Attempts = 0;
        _next = First;
    }
}
