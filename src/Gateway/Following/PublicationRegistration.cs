namespace Keten.Gateway.Following;

/// <summary>Registration of the decision log as a stream.</summary>
internal static class PublicationRegistration
{
    /// <summary>Adds records and checkpoints to the broker. Needs the decision log, its checkpoints, and the involvement exchange, which brings the producer.</summary>
    public static IServiceCollection AddDecisionPublication(this IServiceCollection services)
    {
        services.AddSingleton<DecisionStream>();
        services.AddHostedService<CheckpointPublisher>();
        return services.AddDecisionLogSubscriber<DecisionPublisher>();
    }
}
