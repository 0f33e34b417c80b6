using System.ComponentModel.DataAnnotations;
using System.Net;
using Keten.Adapters.Sdk.CaseSystem;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Fhir;
using Keten.Adapters.Sdk.Fhir.Subscriptions;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Logbook;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Services;
using Keten.Adapters.Sdk.Witness;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Policy;
using Keten.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Keten.Adapters.Sdk.Hosting;

/// <summary>
/// Turns the ports an integration engineer registers into a whole participant. Register the ports on the builder first; what is not registered is
/// not offered.
/// </summary>
public static class AdapterHost
{
    /// <summary>Builds the host from the sections <c>Adapter</c> and <c>Policy</c> of the builder's configuration.</summary>
    /// <exception cref="ValidationException">A setting is missing or wrong; the message names it.</exception>
    /// <exception cref="PolicyBundleException">A verification key of <c>Policy:VerificationKeys</c> cannot be read.</exception>
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = Read(builder.Configuration);
        var self = Oin.Parse(options.Oin);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options);
        builder.Services.AddFederationIdentity(
            builder.Configuration.GetSection($"{AdapterOptions.Section}:{nameof(options.Federation)}").Bind);
        builder.Services.AddPolicyEngine(builder.Configuration);
        builder.Services.AddPseudonyms(options);
        builder.Services.AddExchange(options);
        builder.Services.AddDisclosure(self);
        builder.Services.AddWitness(options.Witness);
        builder.Services.AddHealthChecks();
        builder.Services.AddHostMetrics("keten-adapter");
        builder.Services.KeepUrlsOutOfLogs();

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, self));

        var app = builder.Build();
        RefuseToStartWithoutParts(app.Services);
        app.MapHealthChecks("/healthz");
        app.MapServices();
        app.MapWitness();
        return app;
    }

    internal static void MapServices(this WebApplication app)
    {
        app.MapGrpcService<PersonGrpcService>();
        app.MapGrpcService<HouseholdGrpcService>();
        app.MapGrpcService<InvolvementGrpcService>();
        app.MapGrpcService<PlanGrpcService>();
        app.MapGrpcService<CrisisIntakeGrpcService>();
        app.MapGrpcService<ConsultationGrpcService>();
        app.MapGrpcService<ProcessingLogGrpcService>();
        app.MapLogbook();
        app.MapCaseSystem();
        app.MapFhir();
        app.MapFhirSubscriptions();

        // For the organisation itself: how much waits for it is not for the gateway to know.
        app.MapWhen(
            http => http.Request.Path == HostMetrics.Path && http.Features.Get<AdapterListener>() is { Kind: AdapterListenerKind.CaseSystem },
            metrics => metrics.UseHostMetrics());
    }

    /// <summary>What would otherwise fail at the first call: the two things only the organisation can give.</summary>
    private static void RefuseToStartWithoutParts(IServiceProvider services)
    {
        if (services.GetService<IClientDirectory>() is null)
        {
            throw new ValidationException("No source of clients is registered: add a connector (AddSqlSource) or an IClientDirectory of your own.");
        }

        if (services.GetService<IPseudonymSource>() is null)
        {
            throw new ValidationException(
                $"{AdapterOptions.Section}:{nameof(AdapterOptions.Pseudonyms)}: no source of pseudonyms. Give the federation's two evaluators and its pseudonym-keys.json, or register an IPseudonymSource of your own.");
        }
    }

    /// <summary>Messages here are one person's details or one invitation. A larger one is hostile: kept, it would clog the inbox for good.</summary>
    private const int MaxMessageBytes = 64 * 1024;

    internal static void AddDisclosure(this IServiceCollection services, Oin self)
    {
        services.AddSingleton(OperationCatalogue.Current);
        services.AddSingleton(provider => new PermitVerifier(self, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SecondDecision>();
        services.AddSingleton(DisclosureLog.Schema);
        services.AddSingleton<DisclosureLog>();
        services.AddHostedService(provider => provider.GetRequiredService<DisclosureLog>());
        services.AddSingleton<DisclosurePipeline>();
        services.AddSingleton<LogbookReader>();
        services.AddSingleton<LogbookKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<LogbookKeeper>());
        services.AddSingleton<SourceWatch>();
        services.AddSingleton<Deliveries>();
        services.AddSingleton<ShieldedPersons>();
        services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<DisclosureInterceptor>();
            grpc.EnableDetailedErrors = false;
            grpc.MaxReceiveMessageSize = MaxMessageBytes;
        });
        services.AddSingleton<DisclosureInterceptor>();
        services.AddFhir();
        services.AddFhirSubscriptions();
    }

    private static void AddPseudonyms(this IServiceCollection services, AdapterOptions options)
    {
        if (options.Pseudonyms is { } evaluators)
        {
            services.AddPseudonymEvaluators(evaluators);
        }

        if (options.PseudonymIndexKey is { } path)
        {
            services.AddSingleton(_ => FingerprintKey.FromFile(path));
        }
    }

    private static void AddExchange(this IServiceCollection services, AdapterOptions options) =>
        services.AddInvolvementExchange(exchange =>
        {
            exchange.DatabasePath = options.Database;
            exchange.Oin = options.Oin;
            exchange.OrganisationName = options.Name;
            exchange.OrganisationType = options.OrganisationType;
            exchange.Events = options.Kafka;
            exchange.Webhook = options.Webhook;
            exchange.InboxRetention = options.InboxRetention;
            exchange.RepeatWindow = options.RepeatWindow;
        });

    /// <summary>Each door sets on the connection which one it is; see <see cref="DisclosureInterceptor"/>.</summary>
    private static void Listen(KestrelServerOptions kestrel, AdapterOptions options, Oin self)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        var gateway = Oin.Parse(options.GatewayOin);
        kestrel.Listen(Endpoint(options.Listen, nameof(options.Listen)), listen =>
        {
            Mark(listen, AdapterListenerKind.Gateway);
            listen.UseFederationTls(kestrel.ApplicationServices, certificate => certificate.Oin == gateway);
        });
        if (options.CaseSystemListen.Length > 0)
        {
            kestrel.Listen(Endpoint(options.CaseSystemListen, nameof(options.CaseSystemListen)), listen =>
            {
                Mark(listen, AdapterListenerKind.CaseSystem);
                listen.UseFederationTls(kestrel.ApplicationServices, certificate => certificate.Oin == self);
            });
        }

        if (options.CaseSystemSocket.Length > 0)
        {
            SocketFile.RemoveStale(options.CaseSystemSocket, $"{AdapterOptions.Section}:{nameof(options.CaseSystemSocket)}");
            kestrel.ListenUnixSocket(options.CaseSystemSocket, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                Mark(listen, AdapterListenerKind.CaseSystem);
            });
        }
    }

    internal static void Mark(ListenOptions listen, AdapterListenerKind kind) =>
        listen.Use(next => connection =>
        {
            connection.Features.Set(new AdapterListener(kind));
            return next(connection);
        });

    private static AdapterOptions Read(ConfigurationManager configuration)
    {
        var options = configuration.GetSection(AdapterOptions.Section).Get<AdapterOptions>() ?? new AdapterOptions();
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        if (options.CaseSystemListen.Length == 0 && options.CaseSystemSocket.Length == 0)
        {
            faults.Add(new ValidationResult("give one of the two, so that the case system can reach its adapter.", [nameof(options.CaseSystemListen), nameof(options.CaseSystemSocket)]));
        }

        if (options.LogbookRetention < LogbookTerms.LeastOf(options.OrganisationType))
        {
            faults.Add(new ValidationResult(
                $"at least {LogbookTerms.LeastOf(options.OrganisationType).TotalDays} days for this type of organisation; leave it out for {LogbookTerms.Default.TotalDays}.",
                [nameof(options.LogbookRetention)]));
        }

        if (options.Gateway.Length > 0 && !(Uri.TryCreate(options.Gateway, UriKind.Absolute, out var gateway) && gateway.Scheme == Uri.UriSchemeHttps))
        {
            faults.Add(new ValidationResult("expected an https address, for instance https://gateway.keten.example:8443.", [nameof(options.Gateway)]));
        }

        List<string> texts = [.. faults.Select(f => $"{AdapterOptions.Section}:{string.Join(",", f.MemberNames)}: {f.ErrorMessage}"),
            .. options.Pseudonyms?.Validate($"{AdapterOptions.Section}:{nameof(options.Pseudonyms)}") ?? [],
            .. options.Witness?.Validate($"{AdapterOptions.Section}:{nameof(options.Witness)}") ?? []];
        return texts.Count == 0 ? options : throw new ValidationException(string.Join(Environment.NewLine, texts));
    }

    private static IPEndPoint Endpoint(string text, string name) =>
        IPEndPoint.TryParse(text, out var endpoint) ? endpoint
            : throw new ValidationException($"{AdapterOptions.Section}:{name}: expected address:port, for instance 0.0.0.0:9443.");
}
