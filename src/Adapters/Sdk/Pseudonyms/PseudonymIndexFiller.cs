using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Events;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>
/// Reads the directory at start and then every so often: a corrected BSN must not answer for the wrong person for long. Then erases what was reported of a
/// wrong person, and moves what counts under keys that are not the ones in use.
/// </summary>
internal sealed partial class PseudonymIndexFiller(
    PseudonymIndex index, InvolvementCorrector corrector, InvolvementMover mover, IOptions<InvolvementExchangeOptions> options, TimeProvider time, ILogger<PseudonymIndexFiller> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(time);
        while (!stoppingToken.IsCancellationRequested)
        {
            // Of a reading that a budget cut short, what was evaluated is moved all the same.
            var read = await TryAsync("read", index.ReadAsync, stoppingToken);
            var corrected = await TryAsync("correct", corrector.CorrectAsync, stoppingToken);
            if (await TryAsync("move", mover.MoveAsync, stoppingToken) && read && corrected)
            {
                backoff.Reset();
                await Task.Delay(options.Value.IndexInterval, time, stoppingToken);
            }
            else
            {
                await backoff.WaitAsync(stoppingToken);
            }
        }
    }

    private async Task<bool> TryAsync(string step, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Directory or evaluators are away; what is on disk answers meanwhile.
            Log.Failed(logger, step, Problems.Describe(failure));
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5203, LogLevel.Warning, "Pseudonym index: step '{Step}' failed and is tried again: {Problem}")]
        public static partial void Failed(ILogger logger, string step, string problem);
    }
}
