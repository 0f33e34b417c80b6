using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Events;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>Reads the directory at start and then every so often: a corrected BSN must not answer for the wrong person for long.</summary>
internal sealed partial class PseudonymIndexFiller(
    PseudonymIndex index, IOptions<InvolvementExchangeOptions> options, TimeProvider time, ILogger<PseudonymIndexFiller> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await index.ReadAsync(stoppingToken);
                backoff.Reset();
                await Task.Delay(options.Value.IndexInterval, time, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // Directory or evaluators are away; what is on disk answers meanwhile.
                Log.Failed(logger, Problems.Describe(failure));
                await backoff.WaitAsync(stoppingToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5203, LogLevel.Warning, "Pseudonym index could not be read from the client directory and is tried again: {Problem}")]
        public static partial void Failed(ILogger logger, string problem);
    }
}
