using Keten.DecisionLog.Checkpoints;
using Keten.Gateway.Witness;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Following;

/// <summary>Registration of the tree over the decision log.</summary>
internal static class CheckpointRegistration
{
    /// <summary>Adds the sealer, and who has its checkpoints countersigned. After the decision log, whose records it follows; without a signing key the host does not start.</summary>
    public static IServiceCollection AddCheckpoints(this IServiceCollection services, Action<CheckpointOptions> configure)
    {
        services.AddSingleton<IValidateOptions<CheckpointOptions>, CheckpointOptionsValidator>();
        services.AddOptions<CheckpointOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<CheckpointSealer>();
        services.AddHostedService(provider => provider.GetRequiredService<CheckpointSealer>());
        return services.AddHostedService<WitnessService>();
    }
}
