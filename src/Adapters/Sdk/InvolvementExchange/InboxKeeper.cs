using Keten.Adapters.Sdk.KeptPersons;
using Keten.Contracts.Catalogue;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>
/// Once an hour: forgets what was handled long enough ago, and copies of persons whose term is over, and lets the broker forget involvements that are over.
/// </summary>
internal sealed partial class InboxKeeper(
    Inbox inbox, KeptPersonStore persons, InvolvementEraser involvements, IOptions<InvolvementExchangeOptions> options, TimeProvider time, ILogger<InboxKeeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(InvolvementRules.KeptDays);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                var now = time.GetUtcNow();
                var purged = await inbox.PurgeAsync(now - options.Value.InboxRetention, now - options.Value.RepeatWindow, stoppingToken);
                var expired = await persons.PurgeAsync(now, stoppingToken);
                await involvements.ForgetEndedAsync(now - KeptAfterEnd, stoppingToken);
                var waiting = inbox.CountUnacknowledged();
                Log.Purged(logger, purged, expired, waiting);
            }
            catch (SqliteException failure)
            {
                Log.Failed(logger, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(5351, LogLevel.Debug, "Inbox: {Purged} handled notifications and {Expired} copies of persons past their term are gone, {Waiting} notifications wait for the case system")]
        public static partial void Purged(ILogger logger, int purged, int expired, long waiting);

        [LoggerMessage(5352, LogLevel.Warning, "Inbox could not be purged; it is tried again in an hour")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
