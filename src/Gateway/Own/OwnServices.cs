using Keten.Gateway.Fhir;
using Keten.Gateway.Following;
using Keten.Gateway.Own.Fhir;
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
        services.AddOwnFhir();
        return services;
    }

    public static void MapOwnServices(this WebApplication app)
    {
        var pipeline = app.Services.GetRequiredService<CallPipeline>();
        var capabilities = app.Services.GetRequiredService<FhirCapabilities>();
        app.Use((http, next) => !IsOwn(http) ? next(http)
            : FhirCapabilities.IsAskedIn(http) ? capabilities.HandleAsync(http, answer => next(answer))
            : pipeline.HandleAsync(http, answer => next(answer)));
        app.MapGrpcService<DirectoryGrpcService>().WithMetadata(new OwnService());
        app.MapGrpcService<InvolvementIndexGrpcService>().WithMetadata(new OwnService());
        app.MapGrpcService<GatewayLogGrpcService>().WithMetadata(new OwnService());
        app.MapOwnFhir();
    }

    /// <summary>The call came for one of these services.</summary>
    public static bool IsOwn(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<OwnService>() is not null;
}
