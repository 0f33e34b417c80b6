using Keten.Adapters.Sdk.KeptPersons;
using Keten.Adapters.Sdk.Logbook;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Keten.Adapters.Sdk.Webhook;
using Keten.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>Registers an adapter's side of the involvement exchange.</summary>
public static class InvolvementExchangeServices
{
    /// <summary>
    /// Adds store, outbox, inbox, pseudonym index and local API. Needs <see cref="IClientDirectory"/> and
    /// <see cref="Contracts.Identifiers.IPseudonymSource"/>. Other parts add tables by registering an <see cref="AdapterSchema"/>.
    /// </summary>
    public static IServiceCollection AddInvolvementExchange(this IServiceCollection services, Action<InvolvementExchangeOptions> configure)
    {
        services.AddOptions<InvolvementExchangeOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<InvolvementExchangeOptions>, InvolvementExchangeOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton(ExchangeSchema.Current);
        services.AddSingleton(LogbookTable.Schema);
        services.AddSingleton(PseudonymSchema.Current);
        services.TryAddSingleton(sp => AdapterStore.Open(OptionsOf(sp).DatabasePath, sp.GetServices<AdapterSchema>()));
        services.AddSingleton(sp => new KafkaClients(OptionsOf(sp).Events, sp.GetRequiredService<ILogger<KafkaClients>>()));
        services.AddSingleton(sp => new EventProducer(sp.GetRequiredService<KafkaClients>(), $"adapter-{OptionsOf(sp).Oin}"));

        services.AddSingleton<PseudonymIndex>();
        services.AddHostedService<PseudonymIndexFiller>();

        services.AddSingleton<OutboxWake>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<ReportCompleter>();
        services.AddSingleton(sp => new InvolvementReporter(
            sp.GetRequiredService<AdapterStore>(), sp.GetRequiredService<PseudonymIndex>(), sp.GetRequiredService<ReportCompleter>(),
            sp.GetRequiredService<Outbox>(), sp.GetRequiredService<KeptPersonWake>(), sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<InvolvementReporter>>()));
        services.AddHostedService<OutboxPublisher>();
        services.AddSingleton<InvolvementImporter>();
        services.AddSingleton<InvolvementEraser>();
        services.AddSingleton<InvolvementCorrector>();
        services.AddSingleton<InvolvementMover>();

        services.AddSingleton<InboxWake>();
        services.AddSingleton<Inbox>();
        services.AddSingleton(sp => new NotificationFeed(
            sp.GetRequiredService<AdapterStore>(), sp.GetRequiredService<Inbox>(), sp.GetRequiredService<InboxWake>(),
            sp.GetRequiredService<PseudonymIndex>(), sp.GetRequiredService<ILogger<NotificationFeed>>()));
        services.AddHostedService<InboxReader>();
        services.AddMetrics();
        services.AddSingleton<AdapterMetrics>();
        services.AddHostedService<InboxKeeper>();

        services.AddWebhook(configure);
        services.AddKeptPersons();

        services.AddGrpc();
        return services;
    }

    private static InvolvementExchangeOptions OptionsOf(IServiceProvider services) =>
        services.GetRequiredService<IOptions<InvolvementExchangeOptions>>().Value;
}
