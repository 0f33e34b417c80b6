using System.Runtime.CompilerServices;
using Keten.Events;
using Keten.Gateway.Involvement.Delivery;
using Keten.Gateway.Involvement.Expiry;
using Keten.Gateway.Involvement.Intake;
using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;
using Keten.Gateway.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

[assembly: InternalsVisibleTo("Keten.Events.Tests")]
[assembly: InternalsVisibleTo("Keten.Bench")]

namespace Keten.Gateway.Involvement;

/// <summary>Registers the gateway's side of the involvement exchange.</summary>
public static class InvolvementServices
{
    /// <summary>
    /// Adds intake, view and matcher. Needs <c>IPolicyEngine</c>, <c>IDecisionLog</c> and <c>IParticipantRegistry</c>. Serve no data before the
    /// health check <c>involvement-view</c> (tag <c>ready</c>) is healthy, or await <see cref="InvolvementReadiness.CaughtUp"/>.
    /// </summary>
    public static IServiceCollection AddInvolvement(this IServiceCollection services, Action<InvolvementOptions> configure)
    {
        services.AddOptions<InvolvementOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<InvolvementOptions>, InvolvementOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(sp => new KafkaClients(
            sp.GetRequiredService<IOptions<InvolvementOptions>>().Value.Events, sp.GetRequiredService<ILogger<KafkaClients>>()));
        services.AddSingleton(sp => new EventProducer(sp.GetRequiredService<KafkaClients>(), "gateway"));
        services.AddMetrics();
        services.AddSingleton<InvolvementMetrics>();
        services.AddSingleton<DecisionMetrics>();
        services.AddHostedService<BrokerWatch>();
        services.AddSingleton<Persistence>();
        services.AddSingleton<NotificationSender>();
        services.AddSingleton<AuthorisedRecords>();
        services.AddSingleton<DeadLetters>();

        // First, so that it stops last: after those who post.
        services.AddSingleton<Mailboxes>();
        services.AddHostedService(sp => sp.GetRequiredService<Mailboxes>());

        services.AddSingleton<InvolvementView>();
        services.AddSingleton<IInvolvementView>(sp => sp.GetRequiredService<InvolvementView>());
        services.AddSingleton<ViewProgress>();
        services.AddSingleton<InvolvementReadiness>();
        services.AddHealthChecks().AddCheck<InvolvementReadiness>("involvement-view", tags: ["ready"]);

        services.AddSingleton<Visibilities>();
        services.AddSingleton<LeadQuestion>();
        services.AddSingleton<ProcessDirector>();
        services.AddSingleton<Matcher>();
        services.AddSingleton<StepHandler>();
        services.AddSingleton<ViewReader>();
        services.AddHostedService(sp => sp.GetRequiredService<ViewReader>());
        services.AddSingleton<MatchService>();
        services.AddHostedService(sp => sp.GetRequiredService<MatchService>());

        services.AddSingleton<Retirement>();
        services.AddSingleton<Sweeper>();
        services.AddHostedService(sp => sp.GetRequiredService<Sweeper>());

        services.AddSingleton<ReportReader>();
        services.AddSingleton<ReportAuthoriser>();
        services.AddSingleton<IntakeRecords>();
        services.AddSingleton<IntakeEffects>();
        services.AddHostedService<IntakeService>();
        return services;
    }
}
