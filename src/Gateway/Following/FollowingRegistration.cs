using Keten.DecisionLog;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Following;

/// <summary>Registration of what follows the decision log.</summary>
internal static class FollowingRegistration
{
    /// <summary>Adds something that follows the log: it gets every durable record, in order, from where it left off before a restart.</summary>
    public static IServiceCollection AddDecisionLogSubscriber<T>(this IServiceCollection services)
        where T : class, IDecisionLogSubscriber
    {
        services.AddSingleton<T>();

        // Not AddHostedService, which keeps one of a type: each subscriber has a follower of its own.
        return services.AddSingleton<IHostedService>(provider => new DecisionLogFollower(
            provider.GetRequiredService<SegmentedDecisionLog>(),
            provider.GetRequiredService<IOptions<DecisionLogOptions>>(),
            provider.GetRequiredService<T>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DecisionLogFollower>>()));
    }
}
