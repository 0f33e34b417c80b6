using Keten.DecisionLog.Retention;
using Keten.DecisionLog.Subjects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.DecisionLog;

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
        services.AddHostedService<RetentionJob>();
        services.AddSingleton<SubjectEraser>();
        return services;
    }
}
