using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Webhook;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>
/// Tells every Subscription, at least once, that there is something: an empty POST, with the webhook's pauses when it is not taken. One that is not reached holds up
/// the others no longer than the webhook's timeout.
/// </summary>
internal sealed partial class SubscriptionSender(
    SubscriptionStore subscriptions, WebhookConnection connection, InboxWake wake, AdapterMetrics metrics, TimeProvider time, ILogger<SubscriptionSender> logger)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = wake.Next;
                while (await subscriptions.LookAsync(stoppingToken))
                {
                }

                await subscriptions.ExpireAsync(time.GetUtcNow(), stoppingToken);
                var due = subscriptions.Due(time.GetUtcNow());
                if (due.Count == 0)
                {
                    await Wake.UntilAsync(next, subscriptions.NextDue(), time, stoppingToken);
                }
                else
                {
                    await Task.WhenAll(due.Select(one => TellAsync(one, stoppingToken)));
                }
            }
            catch (SqliteException failure)
            {
                Log.Database(logger, failure);
                await Task.Delay(WebhookPause.After(1), time, stoppingToken);
            }
        }
    }

    private async Task TellAsync(SubscriptionRow one, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, one.Order.Endpoint) { Content = new ByteArrayContent([]) };
        foreach (var header in one.Order.Headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim());
        }

        var answer = await connection.SendAsync(request, cancellationToken);
        metrics.CountSubscription(answer.Outcome.ToString().ToLowerInvariant());
        var status = await subscriptions.SettleAsync(one, answer, time.GetUtcNow(), cancellationToken);
        if (status is SubscriptionState.Error or SubscriptionState.Off && status != one.Status)
        {
            Log.NotReached(logger, one.Id, answer.Reason, status.Value);
        }
        else if (status == SubscriptionState.Active && one.Status == SubscriptionState.Error)
        {
            Log.ReachedAgain(logger, one.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5391, LogLevel.Warning, "FHIR Subscription {Id} is not reached ({Reason}) and has the status {Status}. Nothing is lost: the stream has the notifications")]
        public static partial void NotReached(ILogger logger, string id, string reason, SubscriptionState status);

        [LoggerMessage(5392, LogLevel.Information, "FHIR Subscription {Id} is reached again")]
        public static partial void ReachedAgain(ILogger logger, string id);

        [LoggerMessage(5393, LogLevel.Warning, "FHIR Subscriptions cannot be read or written now and are tried again")]
        public static partial void Database(ILogger logger, Exception failure);
    }
}
