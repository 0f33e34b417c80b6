using Keten.Gateway.Following;

namespace Keten.Gateway.BreakGlass;

/// <summary>Registers what follows from break-glass.</summary>
internal static class BreakGlassRegistration
{
    /// <summary>
    /// Adds the notices to privacy officers and the queue of reviews. Needs the decision log and the involvement exchange, which brings the way to
    /// participants.
    /// </summary>
    public static IServiceCollection AddBreakGlassNotices(this IServiceCollection services) => services
        .AddSingleton<BreakGlassPost>()
        .AddDecisionLogSubscriber<BreakGlassNotices>()
        .AddDecisionLogSubscriber<ReviewQueue>()
        .AddHostedService<OverdueReviews>()
        .AddHostedService<ReviewMetrics>()
        .AddSingleton<ReviewDesk>();
}
