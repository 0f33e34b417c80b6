using Keten.Adapters.Sdk.Hosting;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>
/// Once a day: takes away lines whose term is over. Nothing else ever does: that somebody is no longer a client, or that an involvement was erased,
/// does not undo that data about them was processed (AVG 17.3.b).
/// </summary>
internal sealed partial class LogbookKeeper(AdapterStore store, AdapterOptions options, TimeProvider time, ILogger<LogbookKeeper> logger) : BackgroundService
{
    // Small enough that a call never waits long for its own line.
    private const int Page = 2_000;
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <summary>How many lines went.</summary>
    public async Task<int> PurgeAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - options.LogbookRetention;
        var purged = 0;
        int page;
        do
        {
            page = await store.WriteAsync(transaction => Purge(transaction, before), cancellationToken);
            purged += page;
        }
        while (page > 0);
        return purged;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                Log.Purged(logger, await PurgeAsync(stoppingToken), options.LogbookRetention.TotalDays);
            }
            catch (SqliteException failure)
            {
                Log.Failed(logger, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static int Purge(SqliteTransaction transaction, DateTimeOffset before) =>
        transaction.Execute(
            $"DELETE FROM processing WHERE ended_at < $before AND seq IN (SELECT seq FROM processing ORDER BY seq LIMIT {Page})",
            ("$before", before.ToUnixTimeMilliseconds()))
        + transaction.Execute(
            $"""
            DELETE FROM disclosure WHERE (decision_id, sequence) IN
                (SELECT decision_id, sequence FROM disclosure WHERE decision_id < $before ORDER BY decision_id LIMIT {Page})
            """,
            ("$before", FirstIdAt(before)));

    // A decision id begins with its moment (UUID version 7), so the oldest stand first in the key.
    private static string FirstIdAt(DateTimeOffset moment) => UuidV7.Create(moment)[..14];

    private static partial class Log
    {
        [LoggerMessage(7201, LogLevel.Information, "Logbook: {Purged} lines older than {Days} days are gone")]
        public static partial void Purged(ILogger logger, int purged, double days);

        [LoggerMessage(7202, LogLevel.Warning, "Logbook: lines whose term is over could not be taken away; it is tried again in a day")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
