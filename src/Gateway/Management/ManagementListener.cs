using Keten.Gateway.Management.AuthZen;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Management;

/// <summary>The management listener: health, the active policy, and questions beforehand. Nothing of it is reachable on the port for participants.</summary>
internal static class ManagementListener
{
    public static void MapManagement(this WebApplication app) =>
        app.MapWhen(http => http.Features.Get<ITlsConnectionFeature>() is null, management =>
        {
            // The route to the participants' adapters matches every path; nothing from this port may go there.
            management.Use((http, next) =>
            {
                http.SetEndpoint(null);
                return next(http);
            });
            management.UseHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false });
            management.UseHealthChecks("/healthz/ready");
            management.UseRouting();
            management.UseEndpoints(endpoints =>
            {
                endpoints.MapPolicyBundle();
                endpoints.MapAuthZen();
            });
            management.Run(http =>
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        });
}
