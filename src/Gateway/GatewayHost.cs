using System.ComponentModel.DataAnnotations;
using System.Net;
using Keten.Contracts.Catalogue;
using Keten.Gateway.Decisions;
using Keten.Gateway.DecisionLog;
using Keten.Gateway.Involvement;
using Keten.Gateway.Management;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Purpose;
using Keten.Gateway.Routing;
using Keten.Identity;
using Keten.Policy;
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
        builder.Services.AddFederationIdentity(federation => CopyTo(options.Federation, federation));
        builder.Services.AddSingleton(OperationCatalogue.Current).AddSingleton<PurposeBinding>();
        builder.Services.AddPolicyEngine(builder.Configuration, options.PolicyBundle).AddSingleton<AccessDecision>();
        builder.Services.AddDecisionLog(log => log.Directory = options.DecisionLogDirectory).AddSingleton<DecisionRecorder>();
        builder.Services.AddTargetRouting();
        builder.Services.AddInvolvement(involvement => involvement.Events.BootstrapServers = options.KafkaBootstrap);
        builder.Services.AddSingleton<Invitations>();
        builder.Services.AddSingleton<CallPipeline>();
        builder.Services.AddHealthChecks();

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
            kestrel.Listen(Endpoint(options.ManagementListen, nameof(options.ManagementListen)));
        });

        var app = builder.Build();
        app.MapManagement();
        var pipeline = app.Services.GetRequiredService<CallPipeline>();
        app.MapReverseProxy(proxy =>
        {
            proxy.Use((http, forward) => pipeline.HandleAsync(http, forward));
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        });
        return app;
    }

    private static GatewayOptions Read(ConfigurationManager configuration)
    {
        var options = configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true))
        {
            throw new ValidationException(string.Join(Environment.NewLine,
                faults.Select(f => $"{GatewayOptions.Section}:{string.Join(",", f.MemberNames)}: {f.ErrorMessage} Set it in appsettings.json or "
                    + $"as {GatewayOptions.Section}__{string.Join(",", f.MemberNames)} in the environment.")));
        }

        return options;
    }

    private static IPEndPoint Endpoint(string text, string name) =>
        IPEndPoint.TryParse(text, out var endpoint) ? endpoint
            : throw new ValidationException($"{GatewayOptions.Section}:{name}: expected address:port, for instance 0.0.0.0:8443.");

    private static void CopyTo(FederationOptions from, FederationOptions to)
    {
        to.TrustAnchors = from.TrustAnchors;
        to.RevocationList = from.RevocationList;
        to.Certificate = from.Certificate;
        to.PrivateKey = from.PrivateKey;
        to.Participants = from.Participants;
        to.ReloadInterval = from.ReloadInterval;
    }
}
