using Keten.Fhir;
using Keten.Gateway.Purpose;

namespace Keten.Gateway.Own.Fhir;

/// <summary>Adds what the gateway answers itself in FHIR, at its own OIN.</summary>
internal static class OwnFhirRegistration
{
    private const string Own = "own";

    public static IServiceCollection AddOwnFhir(this IServiceCollection services)
    {
        services.AddSingleton<OwnIdKey>().AddSingleton<IFhirSide, OwnSide>();

        // As long as the call, like the services gRPC makes.
        services.AddScoped<DirectoryGrpcService>().AddScoped<InvolvementIndexGrpcService>().AddScoped<GatewayLogGrpcService>();
        services.AddScoped<IFhirResource, CareTeamResource>().AddScoped<IFhirResource, OrganizationResource>().AddScoped<IFhirResource, HealthcareServiceResource>()
            .AddScoped<IFhirResource, EndpointResource>().AddScoped<IFhirResource, OwnAuditEventResource>();
        services.AddScoped<OwnFhir>();
        services.Configure<RouteOptions>(routes => routes.SetParameterPolicy<OwnOin>(Own));
        return services;
    }

    public static void MapOwnFhir(this WebApplication app) =>
        app.Map($"/{{oin:{Own}}}/fhir/{{**path}}", (HttpContext http) => http.RequestServices.GetRequiredService<OwnFhir>().AnswerAsync(http)).WithMetadata(new OwnService());

    /// <summary>The gateway's own OIN, as it is now.</summary>
    private sealed class OwnOin(OwnParticipant own) : IRouteConstraint
    {
        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            values[routeKey] is string oin && oin == own.Self.Oin.Value;
    }
}
