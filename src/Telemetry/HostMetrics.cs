using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Keten.Telemetry;

/// <summary>
/// A host's metrics as Prometheus and OpenTelemetry collectors read them. Every meter whose name begins with <c>Keten.</c> is shown, and the
/// runtime's own. Whoever adds an instrument there sees to it that no label tells of a person, and that its values are few.
/// </summary>
public static class HostMetrics
{
    /// <summary>Where they are asked for.</summary>
    public const string Path = "/metrics";

    // What is not healthy shows within two scrapes.
    private static readonly TimeSpan HealthPeriod = TimeSpan.FromSeconds(10);

    /// <summary>Collects them, and what the health checks say.</summary>
    /// <param name="services">Of the host.</param>
    /// <param name="host">What this is, for instance <c>keten-gateway</c>.</param>
    public static IServiceCollection AddHostMetrics(this IServiceCollection services, string host)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(host, autoGenerateServiceInstanceId: false))
            .WithMetrics(metrics => metrics.AddMeter("Keten.*", "System.Runtime").AddPrometheusExporter());
        services.AddSingleton<IHealthCheckPublisher, HealthMetrics>();
        services.Configure<HealthCheckPublisherOptions>(publisher => publisher.Period = HealthPeriod);
        return services;
    }

    /// <summary>Answers at <see cref="Path"/>. Who may ask is for the caller to see to.</summary>
    public static void UseHostMetrics(this IApplicationBuilder app) => app.UseOpenTelemetryPrometheusScrapingEndpoint(Path);
}
