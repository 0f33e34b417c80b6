using Keten.Contracts.Identifiers;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>Registers the development pseudonyms.</summary>
public static class DevelopmentPseudonymServices
{
    /// <summary>Adds the keyed hash as <see cref="IPseudonymSource"/>. Refuses at start unless switched on.</summary>
    public static IServiceCollection AddDevelopmentPseudonyms(this IServiceCollection services, Action<DevelopmentPseudonymOptions> configure)
    {
        services.AddOptions<DevelopmentPseudonymOptions>().Configure(configure)
            .Validate(o => o.Enabled, "Development pseudonyms: Enabled is false: set it to true, or configure the pseudonym evaluators.")
            .Validate(o => File.Exists(o.KeyFile), "Adapter:DevelopmentPseudonymKey: the file does not exist: make one with 'openssl rand -base64 32'.")
            .ValidateOnStart();
        services.AddSingleton<IPseudonymSource, DevelopmentPseudonyms>();
        return services;
    }
}
