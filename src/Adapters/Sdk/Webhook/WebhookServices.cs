using Keten.Adapters.Sdk.InvolvementExchange;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Adapters.Sdk.Webhook;

/// <summary>Registers the webhook, where one is configured.</summary>
internal static class WebhookServices
{
    public static void AddWebhook(this IServiceCollection services, Action<InvolvementExchangeOptions> configure)
    {
        var asked = new InvolvementExchangeOptions();
        configure(asked);
        services.AddSingleton<WebhookQueue>();
        services.AddSingleton<WebhookConnection>();
        if (asked.Webhook.IsOn)
        {
            services.AddSingleton<WebhookReceiver>();
            services.AddHostedService<WebhookSender>();
        }
    }
}
