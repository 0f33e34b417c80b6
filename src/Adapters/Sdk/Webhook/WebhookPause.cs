namespace Keten.Adapters.Sdk.Webhook;

/// <summary>How long to wait before a delivery that was not taken is tried again.</summary>
internal static class WebhookPause
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>After a 4xx: nothing gets better by haste, and people may have to look.</summary>
    private static readonly TimeSpan Slowly = TimeSpan.FromMinutes(15);

    /// <summary>After so many attempts with this outcome last.</summary>
    public static TimeSpan After(WebhookOutcome outcome, int attempts) => outcome == WebhookOutcome.Rejected ? Jitter(Slowly) : After(attempts);

    /// <summary>One second, and doubling up to five minutes.</summary>
    public static TimeSpan After(int attempts)
    {
        var doubled = First * Math.Pow(2, Math.Min(attempts - 1, 20));
        return Jitter(doubled < Longest ? doubled : Longest);
    }

    private static TimeSpan Jitter(TimeSpan pause) => pause * (0.5 + (Random.Shared.NextDouble() / 2));
}
