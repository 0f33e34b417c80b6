using Keten.Gateway.Management.Access;
using Keten.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Management;

/// <summary>The metrics, for operators: how many matches there are, and why others are refused, is not for each participant to know.</summary>
internal static class MetricsEndpoint
{
    public static void UseMetrics(this IApplicationBuilder management) => management.MapWhen(http => http.Request.Path == HostMetrics.Path, metrics =>
    {
        metrics.Use((http, next) => http.Features.GetRequiredFeature<Asker>().IsOperator ? next(http) : Results.Problem(
            "This needs an operator's certificate (Gateway:Operators).", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(http));
        metrics.UseHostMetrics();
    });
}
