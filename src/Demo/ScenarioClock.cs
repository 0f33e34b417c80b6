namespace Keten.Demo;

/// <summary>
/// The time of the story: ages and terms are counted on the day an event happens. Runs on from where it was set; only the wall clock is moved,
/// timers and measurements stay real.
/// </summary>
internal sealed class ScenarioClock : TimeProvider
{
    private long _offsetTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _offsetTicks));

    public void SetTo(DateTimeOffset moment) => Interlocked.Exchange(ref _offsetTicks, (moment - base.GetUtcNow()).Ticks);
}
