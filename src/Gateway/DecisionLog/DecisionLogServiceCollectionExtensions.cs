using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

[assembly: InternalsVisibleTo("Keten.Gateway.Tests")]

namespace Keten.Gateway.DecisionLog;

/// <summary>Registration of the decision log.</summary>
public static class DecisionLogServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IDecisionLog"/>. The host refuses to start when the settings are wrong, another process writes the directory, or an
    /// acknowledged record is damaged. Closing happens when the container is disposed, after the last request has ended.
    /// </summary>
    public static IServiceCollection AddDecisionLog(this IServiceCollection services, Action<DecisionLogOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<DecisionLogOptions>, DecisionLogOptionsValidator>();
        services.AddOptions<DecisionLogOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton(provider => new SegmentedDecisionLog(
            provider.GetRequiredService<IOptions<DecisionLogOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SegmentedDecisionLog>>()));
        services.TryAddSingleton<IDecisionLog>(provider => provider.GetRequiredService<SegmentedDecisionLog>());
        services.AddHostedService(provider => provider.GetRequiredService<SegmentedDecisionLog>());
        return services;
    }

    /// <summary>Adds something that follows the log: it gets every durable record, in order, from where it left off before a restart.</summary>
    internal static IServiceCollection AddDecisionLogSubscriber<T>(this IServiceCollection services)
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
