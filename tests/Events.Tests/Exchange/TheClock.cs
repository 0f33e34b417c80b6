namespace Keten.Events.Tests.Exchange;

/// <summary>Runs as the system's clock does, days ahead of it.</summary>
public sealed class TheClock : TimeProvider
{
    private TimeSpan _ahead;

    public void GoTo(DateOnly day) => _ahead += day.ToDateTime(TimeOnly.FromDateTime(GetUtcNow().UtcDateTime)) - GetUtcNow().UtcDateTime;

    public DateOnly Today => DateOnly.FromDateTime(GetUtcNow().UtcDateTime);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
}
