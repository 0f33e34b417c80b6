using Keten.Adapters.Fhir.Server;
using Keten.Adapters.Fhir.Sources;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Keten.Adapters.Fhir;

/// <summary>Registers an existing FHIR R4 server as the source of an adapter.</summary>
public static class FhirSourceExtensions
{
    /// <summary>Loads a mapping file and registers exactly the ports it describes.</summary>
    /// <exception cref="MappingException">The file cannot be used; the host must not start.</exception>
    public static IServiceCollection AddFhirSource(this IServiceCollection services, string mappingPath) => services.AddFhirSource(FhirMapping.Load(mappingPath));

    /// <summary>
    /// Registers exactly the ports a mapping describes. When the host starts, every search of it is tried on the server: <see cref="MappingException"/> when
    /// they do not agree, <see cref="SourceUnavailableException"/> when the server does not answer.
    /// </summary>
    public static IServiceCollection AddFhirSource(this IServiceCollection services, FhirMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(mapping);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(mapping);
        services.AddSingleton(provider => new FhirServer(mapping.Server, provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<FhirSourceCheck>();
        foreach (var section in mapping.Sections)
        {
            _ = section switch
            {
                "clients" => services.AddSingleton<IClientDirectory, FhirClientDirectory>(),
                "person" => services.AddSingleton<IPersonSource, FhirPersonSource>(),
                "household" => services.AddSingleton<IHouseholdSource, FhirHouseholdSource>(),
                "involvement" => services.AddSingleton<IInvolvementSource, FhirInvolvementSource>(),
                _ => services.AddSingleton<IPersonFactsSource, FhirPersonFactsSource>(),
            };
        }

        return services;
    }
}
