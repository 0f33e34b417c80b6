using System.Globalization;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Webhook;

/// <summary>
/// Pushes the inbox to the webhook, at least once: persons side by side, the notifications of one person one after another. What is not
/// taken waits with growing pauses and holds up only its own person; while nothing is taken at all, one is tried at a time.
/// </summary>
internal sealed partial class WebhookSender(
    WebhookQueue queue, WebhookReceiver receiver, NotificationFeed feed, InboxWake wake, AdapterMetrics metrics,
    IOptions<InvolvementExchangeOptions> options, TimeProvider time, ILogger<WebhookSender> logger) : BackgroundService
{
    private int _failuresInARow;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = wake.Next;
                await queue.FillAsync(stoppingToken);
                var due = queue.Due(time.GetUtcNow(), _failuresInARow > 0 ? 1 : options.Value.Webhook.Concurrency);
                if (due.Count == 0)
                {
                    await Wake.UntilAsync(next, queue.NextDue(), time, stoppingToken);
                }
                else if (!await DeliverAsync(due, stoppingToken))
                {
                    Log.Gone(logger);
                    return;
                }
                else if (_failuresInARow > 0)
                {
                    await Task.Delay(WebhookPause.After(_failuresInARow), time, stoppingToken);
                }
            }
            catch (SqliteException failure)
            {
                Log.Database(logger, failure);
                await Task.Delay(WebhookPause.After(1), time, stoppingToken);
            }
        }
    }

    /// <summary>False when the receiver wants no more.</summary>
    private async Task<bool> DeliverAsync(List<WebhookDelivery> due, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(due.Select(async delivery => (Delivery: delivery, Answer: await PostAsync(delivery, cancellationToken))));
        foreach (var (delivery, answer) in answers)
        {
            metrics.CountWebhook(answer.Outcome.ToString().ToLowerInvariant());
            if (answer.Outcome is WebhookOutcome.Failed or WebhookOutcome.Rejected)
            {
                Log.NotTaken(logger, delivery.Seq, answer.Outcome, answer.Reason, delivery.Attempts + 1);
            }
        }

        var now = time.GetUtcNow();
        await queue.SettleAsync(
            [.. answers.Where(a => a.Answer.Outcome == WebhookOutcome.Delivered).Select(a => a.Delivery.Seq)],
            [.. answers.Where(a => a.Answer.Outcome is WebhookOutcome.Failed or WebhookOutcome.Rejected)
                .Select(a => (a.Delivery.Seq, now + WebhookPause.After(a.Answer.Outcome, a.Delivery.Attempts + 1)))],
            cancellationToken);
        _failuresInARow = answers.All(a => a.Answer.Outcome == WebhookOutcome.Failed) ? _failuresInARow + 1 : 0;
        return answers.All(a => a.Answer.Outcome != WebhookOutcome.Gone);
    }

    private async Task<WebhookAnswer> PostAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var message = new StreamNotificationsResponse
        {
            Notification = delivery.Notification,
            ResumeToken = delivery.Seq.ToString(CultureInfo.InvariantCulture),
        };
        try
        {
            message.ClientId = await feed.FindClientAsync(delivery.Notification, cancellationToken) ?? "";
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Directory or evaluators are away: without the client's id the receiver could not file it.
            return new WebhookAnswer(WebhookOutcome.Failed, "ClientDirectory");
        }

        return await receiver.PostAsync(message, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(5361, LogLevel.Warning, "Webhook did not take notification {Seq}: {Outcome} ({Reason}), attempt {Attempt}; it is tried again")]
        public static partial void NotTaken(ILogger logger, long seq, WebhookOutcome outcome, string reason, int attempt);

        [LoggerMessage(5362, LogLevel.Critical,
            "Webhook answered 410 Gone: nothing more is delivered to it until this adapter starts again. The notifications stay, and the stream has them")]
        public static partial void Gone(ILogger logger);

        [LoggerMessage(5363, LogLevel.Warning, "Webhook queue cannot be read or written now and is tried again")]
        public static partial void Database(ILogger logger, Exception failure);
    }
}
