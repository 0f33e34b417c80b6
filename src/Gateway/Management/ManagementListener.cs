using System.Net;
using Keten.Gateway.Management.Access;
using Keten.Gateway.Management.AuthZen;
using Keten.Gateway.Management.Log;
using Keten.Identity;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Keten.Gateway.Management;

/// <summary>The management listener: health, metrics, the active policy, questions beforehand, the decision log and the review of break-glass. Nothing of it is reachable on the port for participants.</summary>
internal static class ManagementListener
{
    /// <summary>Plain HTTP on loopback, mTLS anywhere else.</summary>
    public static void ListenForManagement(this KestrelServerOptions kestrel, IPEndPoint endpoint) => kestrel.Listen(endpoint, listen =>
    {
        var door = new ManagementDoor(ManagementAccess.NeedsTls(endpoint));
        listen.Use(next => connection =>
        {
            connection.Features.Set(door);
            return next(connection);
        });
        if (door.IsTls)
        {
            listen.UseFederationTls(kestrel.ApplicationServices, kestrel.ApplicationServices.GetRequiredService<ManagementAccess>().Accepts);
        }
    });

    public static void MapManagement(this WebApplication app)
    {
        var access = app.Services.GetRequiredService<ManagementAccess>();
        app.MapWhen(http => http.Features.Get<ManagementDoor>() is not null, management =>
        {
            management.Use((http, next) =>
            {
                if (access.Identify(http) is not { } asker)
                {
                    http.Response.StatusCode = StatusCodes.Status403Forbidden;
                    return http.Response.WriteAsync("The certificate is of no participant that may be here, and of no operator in Gateway:Operators.", http.RequestAborted);
                }

                http.Features.Set(asker);
                return next(http);
            });
            management.UseHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false });
            management.UseHealthChecks("/healthz/ready");
            management.UseMetrics();
            management.UseRouting();
            management.UseEndpoints(endpoints =>
            {
                endpoints.MapPolicyBundle();
                endpoints.MapAuthZen();
                endpoints.MapDecisions();
                endpoints.MapBreakGlassReview();
                endpoints.MapErasure();
            });
            management.Run(http =>
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        });
    }
}
