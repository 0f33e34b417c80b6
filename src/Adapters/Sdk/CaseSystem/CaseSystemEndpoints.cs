using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Keten.Adapters.Sdk.CaseSystem;

/// <summary>Maps the local API.</summary>
public static class CaseSystemEndpoints
{
    /// <summary>Maps <c>CaseSystemService</c>. Restrict it to the local listener: <c>RequireHost</c>, or a branch of its own.</summary>
    public static GrpcServiceEndpointConventionBuilder MapCaseSystem(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService<CaseSystemGrpcService>();
}
