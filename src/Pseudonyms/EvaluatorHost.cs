using System.ComponentModel.DataAnnotations;
using System.Net;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Pseudonyms.Budgets;
using Keten.Pseudonyms.Evaluation;
using Keten.Pseudonyms.Keys;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Keten.Pseudonyms;

/// <summary>Puts an evaluator together: one key file, one log, one identity, one process.</summary>
public static class EvaluatorHost
{
    private const int MaxMessageBytes = 64 * 1024;

    /// <summary>Builds the host from section <c>Evaluator</c> of the builder's configuration.</summary>
    /// <exception cref="ValidationException">A setting is missing or wrong; the message names it.</exception>
    /// <exception cref="KeyFileException">The key file is missing, broken or readable by others.</exception>
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = Read(builder.Configuration);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(options));
        builder.Services.AddFederationIdentity(builder.Configuration.GetSection($"{EvaluatorOptions.Section}:{nameof(options.Federation)}").Bind);
        builder.Services.AddSingleton<KeyRing>().AddHostedService<KeyFileWatch>();
        builder.Services.AddSingleton<EvaluationLedger>();
        builder.Services.AddSingleton<Admission>();
        builder.Services.AddHealthChecks().AddCheck<EvaluatorHealth>("log");
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaxMessageBytes;
            grpc.EnableDetailedErrors = false;
        });

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Listen(Endpoint(options.Listen, nameof(options.Listen)), listen => listen.UseFederationTls(kestrel.ApplicationServices));
            kestrel.Listen(Endpoint(options.ManagementListen, nameof(options.ManagementListen)));
        });

        var app = builder.Build();
        // What cannot be used ends the start, not the first call.
        _ = app.Services.GetRequiredService<KeyRing>();
        _ = app.Services.GetRequiredService<EvaluationLedger>();
        app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/healthz/ready");
        app.MapGrpcService<EvaluatorGrpcService>();
        return app;
    }

    private static EvaluatorOptions Read(ConfigurationManager configuration)
    {
        var options = configuration.GetSection(EvaluatorOptions.Section).Get<EvaluatorOptions>() ?? new EvaluatorOptions();
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        if (string.IsNullOrEmpty(options.Federation.Participants))
        {
            faults.Add(new ValidationResult("The path of participants.yaml is required.", [$"{nameof(options.Federation)}:{nameof(options.Federation.Participants)}"]));
        }

        foreach (var (oin, budget) in options.Budgets.Where(b => b.Value < 0 || !Oin.TryParse(b.Key, out _)))
        {
            faults.Add(new ValidationResult($"{budget} for '{oin}': expected an OIN of 20 positions and a number from 0.", [nameof(options.Budgets)]));
        }

        return faults.Count == 0 ? options : throw new ValidationException(string.Join(Environment.NewLine,
            faults.Select(f => $"{EvaluatorOptions.Section}:{string.Join(",", f.MemberNames)}: {f.ErrorMessage}")));
    }

    private static IPEndPoint Endpoint(string text, string name) =>
        IPEndPoint.TryParse(text, out var endpoint) ? endpoint
            : throw new ValidationException($"{EvaluatorOptions.Section}:{name}: expected address:port, for instance 0.0.0.0:8543.");
}
