using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>Registers where pseudonyms come from.</summary>
public static class PseudonymServices
{
    /// <summary>Adds the federation's evaluators as <see cref="IPseudonymSource"/>, called with this host's own certificate. A source that is registered already stays.</summary>
    public static IServiceCollection AddPseudonymEvaluators(this IServiceCollection services, PseudonymSourceOptions options)
    {
        services.TryAddSingleton<IPseudonymSource>(provider => new OprfPseudonymSource(
            options, oin => provider.GetRequiredService<FederationTrust>().CreateHandler(oin), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
