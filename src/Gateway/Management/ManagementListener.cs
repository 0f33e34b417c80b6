using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Management;

/// <summary>The management listener: what the platform asks. Nothing of it is reachable on the port for participants.</summary>
internal static class ManagementListener
{
    public static void MapManagement(this WebApplication app) =>
        app.MapWhen(http => http.Features.Get<ITlsConnectionFeature>() is null, management =>
        {
            management.UseHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false });
            management.UseHealthChecks("/healthz/ready");
            management.Run(http =>
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        });
}
