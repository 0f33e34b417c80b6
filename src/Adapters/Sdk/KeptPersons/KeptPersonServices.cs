using Microsoft.Extensions.DependencyInjection;

namespace Keten.Adapters.Sdk.KeptPersons;

/// <summary>Registers the copies of persons.</summary>
internal static class KeptPersonServices
{
    public static void AddKeptPersons(this IServiceCollection services)
    {
        services.AddSingleton<KeptPersonWake>();
        services.AddSingleton<KeptPersonStore>();
        services.AddSingleton<GatewayPersons>();
        services.AddSingleton<KeptPersons>();
        services.AddHostedService<KeptPersonKeeper>();
    }
}
