using System.Text;
using Keten.Adapters.Sdk.Hosting;
using Keten.Adapters.Sdk.Storage;
using Keten.DecisionLog.Checkpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Witness;

/// <summary>Registers the witness, where one is configured, at the gateway's own door.</summary>
internal static class WitnessServices
{
    /// <exception cref="NoteKeyException">The key cannot be used.</exception>
    public static void AddWitness(this IServiceCollection services, WitnessOptions? options)
    {
        if (options is null)
        {
            return;
        }

        var key = NoteSigningKey.Load(options.SigningKey);
        if (key.Verifier.Type != NoteKeyType.Witness)
        {
            throw new NoteKeyException($"{options.SigningKey} is a log's key; a witness has a key of its own: keten log key new --witness --name NAME --out FILE");
        }

        var logs = options.Logs.Select(NoteVerifierKey.Parse).ToList();
        services.AddSingleton(CheckpointWitness.Schema);
        services.AddSingleton(provider => new CheckpointWitness(
            provider.GetRequiredService<AdapterStore>(), key, logs, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CheckpointWitness>>()));
    }

    public static void MapWitness(this WebApplication app)
    {
        if (app.Services.GetService<CheckpointWitness>() is { } witness)
        {
            app.MapPost(AddCheckpointRequest.Path, http => AnswerAsync(http, witness));
        }
    }

    private static async Task AnswerAsync(HttpContext http, CheckpointWitness witness)
    {
        // The organisation's own case system has its own door, and no business here.
        if (http.Features.Get<AdapterListener>() is not { Kind: AdapterListenerKind.Gateway } || http.Request.ContentLength is not (> 0 and <= AddCheckpointRequest.MostBytes))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        // No longer than it said: the server sees to that.
        using var reader = new StreamReader(http.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
        WitnessAnswer answer;
        try
        {
            answer = await witness.AddAsync(await reader.ReadToEndAsync(http.RequestAborted), http.RequestAborted);
        }
        catch (DecoderFallbackException)
        {
            answer = new(StatusCodes.Status400BadRequest);
        }

        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = answer.ContentType;
        await http.Response.WriteAsync(answer.Body, http.RequestAborted);
    }
}
