using Keten.Gateway.Following;
using Keten.Gateway.Pipeline;

namespace Keten.Gateway.Own;

/// <summary>
/// What the gateway answers itself, as a target of type <c>gateway</c>: the involvement index, the expertise directory and its log. Its services stand behind the same steps
/// as every forwarded call; only the last one ends here instead of at an adapter.
/// </summary>
internal static class OwnServices
{
    private const int MaxMessageBytes = 16 * 1024;

    public static IServiceCollection AddOwnServices(this IServiceCollection services)
    {
        services.AddDecisionLogSubscriber<SubjectIndex>();
        services.AddGrpc(grpc =>
        {
            // What is not here goes on to the adapters.
            grpc.IgnoreUnknownServices = true;
            grpc.EnableDetailedErrors = false;
            grpc.MaxReceiveMessageSize = MaxMessageBytes;
        });
        return services;
    }

    public static void MapOwnServices(this WebApplication app)
    {
        var pipeline = app.Services.GetRequiredService<CallPipeline>();
        app.Use((http, next) => IsOwn(http) ? pipeline.HandleAsync(http, answer => next(answer)) : next(http));
        app.MapGrpcService<DirectoryGrpcService>();
        app.MapGrpcService<InvolvementIndexGrpcService>();
        app.MapGrpcService<GatewayLogGrpcService>();
    }

    /// <summary>The call came for one of these services.</summary>
    public static bool IsOwn(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<Grpc.AspNetCore.Server.GrpcMethodMetadata>() is not null;
}
