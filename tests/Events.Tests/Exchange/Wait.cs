using Keten.TestKit;

namespace Keten.Events.Tests.Exchange;

public static class Wait
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Looks again until the condition holds.</summary>
    public static Task UntilAsync(Func<bool> condition) => Within.SecondsAsync(Limit.TotalSeconds, condition);
}
