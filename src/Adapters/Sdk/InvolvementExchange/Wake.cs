namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>Wakes everybody who waits. Take <see cref="Next"/> before looking, so that what comes in between is not missed.</summary>
internal class Wake
{
    private TaskCompletionSource _next = Make();

    /// <summary>Completes at the next signal.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Signal() => Interlocked.Exchange(ref _next, Make()).TrySetResult();

    private static TaskCompletionSource Make() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Something was put in the outbox.</summary>
internal sealed class OutboxWake : Wake;

/// <summary>Something came into the inbox.</summary>
internal sealed class InboxWake : Wake;
