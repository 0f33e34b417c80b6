using Keten.Policy;

namespace Keten.Gateway.Management;

/// <summary>Which bundle decides, and «load now» for who does not want to wait for the next look at the source.</summary>
internal static class PolicyBundleEndpoints
{
    public static void MapPolicyBundle(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/policy/bundle", (IServiceProvider services) => Results.Ok(StatusOf(services)));
        endpoints.MapPost("/policy/bundle/load", async (IServiceProvider services, CancellationToken cancellationToken) =>
        {
            var refusal = services.GetService<IPolicyLifeCycle>() is { } lifeCycle
                ? await lifeCycle.LoadNowAsync(cancellationToken) : "this host was given its policy engine; there is nothing to load";
            return refusal is null ? Results.Ok(StatusOf(services))
                : Results.Problem(refusal, statusCode: StatusCodes.Status409Conflict, title: "The bundle was not activated; what was active stays");
        });
    }

    private static PolicyStatus StatusOf(IServiceProvider services) => services.GetService<IPolicyLifeCycle>()?.Status
        ?? new PolicyStatus("embedded", "given by the host", services.GetRequiredService<IPolicyEngine>().Revision, null, null, true, null, null, null, null);
}
