using Keten.Adapters.Sdk.Services;
using Keten.Fhir;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>Adds the FHIR facade to the adapter.</summary>
internal static class FhirRegistration
{
    public static IServiceCollection AddFhir(this IServiceCollection services)
    {
        services.AddSingleton(FhirIdKey.Schema);
        services.AddSingleton<FhirIdKey>();
        services.AddSingleton<IFhirSide, AdapterSide>();

        // As long as the call, like the services gRPC makes: a port may be too.
        services.AddScoped<PersonGrpcService>().AddScoped<HouseholdGrpcService>().AddScoped<InvolvementGrpcService>().AddScoped<ProcessingLogGrpcService>();
        services.AddScoped<IFhirResource, PatientResource>().AddScoped<IFhirResource, RelatedPersonResource>().AddScoped<IFhirResource, EpisodeOfCareResource>()
            .AddScoped<IFhirResource, AuditEventResource>();
        services.AddScoped<PlanGrpcService>().AddScoped<CrisisIntakeGrpcService>();
        services.AddScoped<IFhirResource, CarePlanResource>().AddScoped<IFhirResource, GoalResource>().AddScoped<IFhirResource, TaskResource>()
            .AddScoped<IFhirResource, QuestionnaireResponseResource>().AddScoped<IFhirResource, RiskAssessmentResource>();
        services.AddScoped<FhirEndpoints>();
        return services;
    }

    public static void MapFhir(this WebApplication app) =>
        app.Map("/{oin}/fhir/{**path}", (HttpContext http) => http.RequestServices.GetRequiredService<FhirEndpoints>().HandleAsync(http));
}
