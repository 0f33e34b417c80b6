using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Identity;

/// <summary>Looks at the files, and at what time alone has ended, every interval.</summary>
internal sealed partial class FederationReloader(
    FederationFiles files, LiveConnections connections, IOptions<FederationOptions> options, TimeProvider time, ILogger<FederationReloader> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ReloadInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Look();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Look()
    {
        try
        {
            files.Poll();
            connections.EndExpired();
        }
        catch (Exception fault)
        {
            // Not one of the faults we know: the next look must come all the same, or revocations would stop having effect.
            Log.LookFailed(logger, fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1205, LogLevel.Error, "Looking at the identity files failed; trying again.")]
        public static partial void LookFailed(ILogger logger, Exception fault);
    }
}
