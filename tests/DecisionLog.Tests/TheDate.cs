namespace Keten.DecisionLog.Tests;

/// <summary>A date that a test moves by years, while timers go on as they do: a fake clock would let each of them fire some million times on the way.</summary>
internal sealed class TheDate(DateTimeOffset now) : TimeProvider
{
    private long _ticks = now.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public void SetUtcNow(DateTimeOffset moment) => Volatile.Write(ref _ticks, moment.UtcTicks);

    public void Advance(TimeSpan span) => Interlocked.Add(ref _ticks, span.Ticks);
}
