using System.ComponentModel.DataAnnotations;
using System.Net;
using Keten.Contracts.Catalogue;
using Keten.Gateway.BreakGlass;
using Keten.Gateway.Decisions;
using Keten.Gateway.Fhir;
using Keten.Gateway.Fhir.Bundles;
using Keten.DecisionLog;
using Keten.Gateway.Following;
using Keten.Gateway.Involvement;
using Keten.Gateway.Management;
using Keten.Gateway.Management.Access;
using Keten.Gateway.Management.Log;
using Keten.Gateway.Own;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Purpose;
using Keten.Gateway.Routing;
using Keten.Identity;
using Keten.Policy;
using Keten.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Keten.Gateway;

/// <summary>Puts the gateway together, in the order a call meets its parts.</summary>
public static class GatewayHost
{
    /// <summary>Builds the host from the builder's configuration. What is registered on the builder before stays (a clock, a shared policy engine).</summary>
    /// <exception cref="ValidationException">A setting is missing; the message names it.</exception>
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var options = Read(builder.Configuration);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddFederationIdentity(Section(nameof(options.Federation)).Bind);
        builder.Services.AddSingleton(OperationCatalogue.Current).AddSingleton<PurposeBinding>()
            .AddSingleton(services => new OwnParticipant(() => services.GetRequiredService<FederationTrust>().Own.Oin));
        builder.Services.AddPolicyEngine(builder.Configuration).AddSingleton<AccessDecision>();
        builder.Services.AddDecisionLog(Section(nameof(options.DecisionLog)).Bind).AddSingleton<DecisionRecorder>();
        builder.Services.AddCheckpoints(Section(nameof(options.DecisionLog)).Bind);
        builder.Services.AddTargetRouting();
        builder.Services.AddOwnServices();
        builder.Services.AddInvolvement(involvement =>
        {
            Section(nameof(options.Kafka)).Bind(involvement.Events);
            involvement.ClockTolerance = options.ClockTolerance;
        });
        builder.Services.AddSingleton<Invitations>();
        builder.Services.AddBreakGlassNotices();
        builder.Services.AddDecisionPublication();
        builder.Services.AddSingleton<CallPipeline>().AddSingleton<FhirCapabilities>().AddSingleton<PurposeFragments>();
        builder.Services.AddSingleton<SubQuestions>().AddSingleton<FhirIncludes>().AddSingleton<FhirOverview>().AddSingleton<FhirBundles>();
        builder.Services.AddSingleton(s => new ManagementAccess(options.Operators, s.GetRequiredService<IParticipantRegistry>()));
        builder.Services.AddLogAccess();
        builder.Services.AddHealthChecks();
        builder.Services.AddHostMetrics("keten-gateway");
        builder.Services.KeepUrlsOutOfLogs();

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 512;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Listen(Endpoint(options.Listen, nameof(options.Listen)), listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseFederationTls(kestrel.ApplicationServices);
            });
            kestrel.ListenForManagement(Endpoint(options.ManagementListen, nameof(options.ManagementListen)));
        });

        var app = builder.Build();

        // Before routing: the route to the participants' adapters matches every path, and nothing from the management port may go there.
        app.MapManagement();
        app.Services.GetRequiredService<SubQuestions>().Attach(app);
        app.UseRouting();
        app.MapOwnServices();
        var pipeline = app.Services.GetRequiredService<CallPipeline>();
        var capabilities = app.Services.GetRequiredService<FhirCapabilities>();
        app.MapReverseProxy(proxy =>
        {
            proxy.Use((http, forward) => FhirCapabilities.IsAskedIn(http) ? capabilities.HandleAsync(http, forward) : pipeline.HandleAsync(http, forward));
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        });
        return app;

        IConfigurationSection Section(string name) => builder.Configuration.GetSection($"{GatewayOptions.Section}:{name}");
    }

    private static GatewayOptions Read(ConfigurationManager configuration)
    {
        var options = configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        if (string.IsNullOrEmpty(options.Federation.Participants))
        {
            faults.Add(new ValidationResult("The path of participants.yaml is required.", [$"{nameof(options.Federation)}:{nameof(options.Federation.Participants)}"]));
        }

        faults.AddRange(ManagementAccess.Faults(options.Operators));
        if (faults.Count > 0)
        {
            throw new ValidationException(string.Join(Environment.NewLine,
                faults.Select(f => $"{GatewayOptions.Section}:{string.Join(",", f.MemberNames)}: {f.ErrorMessage}")));
        }

        return options;
    }

    private static IPEndPoint Endpoint(string text, string name) =>
        IPEndPoint.TryParse(text, out var endpoint) ? endpoint
            : throw new ValidationException($"{GatewayOptions.Section}:{name}: expected address:port, for instance 0.0.0.0:8443.");
}
