using Keten.TestKit;

namespace Keten.Identity.Tests;

/// <summary>Waits for a condition, with a limit.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static Task Holds(Func<bool> condition, string what) => Within.SecondsAsync(Limit.TotalSeconds, condition, what);

    public static Task Holds(Func<Task<bool>> condition, string what) => Within.SecondsAsync(Limit.TotalSeconds, condition, what);
}
