using Keten.Policy;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Keten.Gateway.Decisions;

/// <summary>The policy decision point. A host that was given one (the demo shares one between its organisations) keeps it.</summary>
internal static class PolicyRegistration
{
    public static IServiceCollection AddPolicy(this IServiceCollection services, string? bundlePath)
    {
        services.TryAddSingleton<IPolicyEngine>(_ => new WasmPolicyEngine(bundlePath is null ? PolicyBundle.Embedded() : PolicyBundle.Load(bundlePath)));
        return services;
    }
}
