using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>Adds FHIR Subscription to the case system's door.</summary>
internal static class SubscriptionServices
{
    public static IServiceCollection AddFhirSubscriptions(this IServiceCollection services) => services
        .AddSingleton(SubscriptionStore.Schema).AddSingleton<SubscriptionStore>().AddSingleton<SubscriptionEndpoints>().AddHostedService<SubscriptionSender>();

    public static void MapFhirSubscriptions(this WebApplication app) =>
        app.Map("/fhir/{**path}", (HttpContext http, SubscriptionEndpoints subscriptions) => subscriptions.HandleAsync(http));
}
