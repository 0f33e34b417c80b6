namespace Keten.TestKit;

/// <summary>Waits for a condition, with a limit. A test never waits by the clock alone.</summary>
public static class Within
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns when the condition holds; fails after the limit.</summary>
    public static async Task SecondsAsync(double limit, Func<Task<bool>> condition, string what = "the condition")
    {
        ArgumentNullException.ThrowIfNull(condition);
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Between);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started).TotalSeconds > limit)
            {
                throw new TimeoutException($"Waited {limit} seconds for {what}.");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <inheritdoc cref="SecondsAsync(double, Func{Task{bool}}, string)"/>
    public static Task SecondsAsync(double limit, Func<bool> condition, string what = "the condition") =>
        SecondsAsync(limit, () => Task.FromResult(condition()), what);
}
