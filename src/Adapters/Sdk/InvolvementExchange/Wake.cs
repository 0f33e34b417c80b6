namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>Wakes everybody who waits. Take <see cref="Next"/> before looking, so that what comes in between is not missed.</summary>
internal class Wake
{
    private TaskCompletionSource _next = Make();

    /// <summary>Completes at the next signal.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Signal() => Interlocked.Exchange(ref _next, Make()).TrySetResult();

    /// <summary>Waits for a signal that was taken before, or for a moment if there is one.</summary>
    public static async Task UntilAsync(Task wakened, DateTimeOffset? moment, TimeProvider time, CancellationToken cancellationToken)
    {
        if (moment is not { } at)
        {
            await wakened.WaitAsync(cancellationToken);
            return;
        }

        var wait = at - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(wakened, Task.Delay(wait, time, either.Token));
            await either.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static TaskCompletionSource Make() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Something was put in the outbox.</summary>
internal sealed class OutboxWake : Wake;

/// <summary>Something came into the inbox.</summary>
internal sealed class InboxWake : Wake;
