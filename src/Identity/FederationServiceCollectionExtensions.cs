using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Identity;

/// <summary>Registration.</summary>
public static class FederationServiceCollectionExtensions
{
    /// <summary>
    /// Own certificate, trust, registry (when <see cref="FederationOptions.Participants"/> is set), live connections and the reloader. A missing or broken
    /// file makes the host refuse to start with a <see cref="FederationFileException"/> that names file, line and what was expected.
    /// </summary>
    public static IServiceCollection AddFederationIdentity(this IServiceCollection services, Action<FederationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<FederationOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FederationOptions>, FederationOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new FederationFiles(
            provider.GetRequiredService<IOptions<FederationOptions>>().Value, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => provider.GetRequiredService<FederationFiles>().Trust);
        services.AddSingleton(provider => provider.GetRequiredService<FederationFiles>().Own);
        services.AddSingleton(provider => new LiveConnections(provider.GetRequiredService<FederationTrust>(), provider.GetService<IParticipantRegistry>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LiveConnections>>()));
        services.AddHostedService<FederationReloader>();

        var asked = new FederationOptions();
        configure(asked);
        if (asked.Participants is not null)
        {
            services.TryAddSingleton<IParticipantRegistry>(provider => provider.GetRequiredService<FederationFiles>().Registry
                ?? throw new InvalidOperationException("Federation option Participants was unset after registration."));
        }

        return services;
    }
}
