using Keten.Gateway.Management.Access;
using Keten.Policy;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Management;

/// <summary>Which bundle decides, and «load now» for who does not want to wait for the next look at the source. For operators.</summary>
internal static class PolicyBundleEndpoints
{
    public static void MapPolicyBundle(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/policy/bundle", (HttpContext http, IServiceProvider services) =>
            AskerOf(http).IsOperator ? Results.Ok(StatusOf(services)) : Forbidden("an operator's certificate (Gateway:Operators)"));
        endpoints.MapPost("/policy/bundle/load", async (HttpContext http, IServiceProvider services, CancellationToken cancellationToken) =>
        {
            if (!AskerOf(http).HasOneOf(OperatorRoles.LoadPolicy))
            {
                return Forbidden($"the role {string.Join(" or ", OperatorRoles.LoadPolicy)}");
            }

            var refusal = services.GetService<IPolicyLifeCycle>() is { } lifeCycle
                ? await lifeCycle.LoadNowAsync(cancellationToken) : "this host was given its policy engine; there is nothing to load";
            return refusal is null ? Results.Ok(StatusOf(services))
                : Results.Problem(refusal, statusCode: StatusCodes.Status409Conflict, title: "The bundle was not activated; what was active stays");
        });
    }

    private static Asker AskerOf(HttpContext http) => http.Features.GetRequiredFeature<Asker>();

    private static IResult Forbidden(string needs) => Results.Problem("This needs " + needs + ".", statusCode: StatusCodes.Status403Forbidden);

    private static PolicyStatus StatusOf(IServiceProvider services) => services.GetService<IPolicyLifeCycle>()?.Status
        ?? new PolicyStatus("embedded", "given by the host", services.GetRequiredService<IPolicyEngine>().Revision, null, null, true, null, null, null, null);
}
