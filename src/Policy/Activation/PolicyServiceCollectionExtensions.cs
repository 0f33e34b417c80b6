using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Policy;

/// <summary>Registers the policy decision point with its life cycle.</summary>
public static class PolicyServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="IPolicyEngine"/> and <see cref="IPolicyLifeCycle"/> as section <c>Policy</c> says. A host that was given an engine
    /// (the demo shares one between its organisations) keeps it, and has no life cycle.
    /// </summary>
    /// <param name="services">The host's services; needs a <see cref="TimeProvider"/>.</param>
    /// <param name="configuration">The whole configuration.</param>
    /// <exception cref="ValidationException">A setting is wrong; the message names each.</exception>
    /// <exception cref="PolicyBundleException">A verification key cannot be read.</exception>
    public static IServiceCollection AddPolicyEngine(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        if (services.Any(s => s.ServiceType == typeof(IPolicyEngine)))
        {
            return services;
        }

        var options = Read(configuration);
        services.AddMetrics();
        services.AddSingleton<PolicyMetrics>();
        services.AddSingleton(s => new ActivePolicy(s.GetRequiredService<TimeProvider>(), options.MaxAge, s.GetRequiredService<PolicyMetrics>()));
        services.AddSingleton<IPolicyEngine>(s => s.GetRequiredService<ActivePolicy>());
        return options.IsRemoteEngine ? services.AddOpaServer(options) : services.AddBundle(options);
    }

    private static IServiceCollection AddBundle(this IServiceCollection services, PolicyOptions options)
    {
        var trust = new BundleTrust { Keys = [.. options.KeyFiles.Select(BundleKey.Load)], MaxBytes = options.MaxBundleBytes };
        services.AddSingleton(s => new BundleActivator(
            Source(options), options.Bundle is null ? BundleTrust.Unsigned : trust, options.RefreshInterval, s.GetRequiredService<ActivePolicy>(),
            s.GetRequiredService<PolicyMetrics>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<BundleActivator>>()));
        services.AddSingleton<IPolicyLifeCycle>(s => s.GetRequiredService<BundleActivator>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<BundleActivator>());
        services.AddHealthChecks().AddCheck<PolicyReadiness>("policy");
        return services;
    }

    private static IServiceCollection AddOpaServer(this IServiceCollection services, PolicyOptions options)
    {
        var server = new Uri(options.OpaUrl!);
        services.AddSingleton(s => new OpaServerStatus(
            new OpaPolicyEngine(server, options.OpaTimeout, s.GetRequiredService<TimeProvider>()), s.GetRequiredService<ActivePolicy>(), server,
            s.GetRequiredService<ILogger<OpaServerStatus>>()));
        services.AddSingleton<IPolicyLifeCycle>(s => s.GetRequiredService<OpaServerStatus>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<OpaServerStatus>());
        services.AddHealthChecks().AddCheck<OpaServerStatus>("policy");
        return services;
    }

    private static IBundleSource Source(PolicyOptions options) => options.Bundle switch
    {
        null => new EmbeddedBundleSource(),
        var address when Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" =>
            new HttpBundleSource(new Uri(address), options.FetchTimeout, options.MaxBundleBytes),
        var path => new FileBundleSource(path, options.MaxBundleBytes),
    };

    private static PolicyOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(PolicyOptions.Section).Get<PolicyOptions>() ?? new PolicyOptions();
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        return faults.Count == 0 ? options
            : throw new ValidationException(string.Join(Environment.NewLine,
                faults.Select(f => $"{PolicyOptions.Section}:{string.Join(",", f.MemberNames)}: {f.ErrorMessage}")));
    }
}
