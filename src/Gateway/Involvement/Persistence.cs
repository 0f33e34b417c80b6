using Confluent.Kafka;
using Keten.Events;
using Keten.DecisionLog;
using Keten.Policy;

namespace Keten.Gateway.Involvement;

/// <summary>
/// Repeats a step until it succeeds while what it needs (policy, decision log, broker) is away: an event is never skipped for that. Other
/// exceptions are a fault of the step and are thrown; so is what the decision log will never take.
/// </summary>
internal sealed partial class Persistence(TimeProvider time, ILogger<Persistence> logger)
{
    /// <summary>Runs the step; <paramref name="step"/> names it in the log.</summary>
    public async Task<T> DoAsync<T>(string step, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                return await action(cancellationToken);
            }
            catch (Exception failure) when (failure is PolicyUnavailableException or KafkaException or IOException and not BsnInRecordException)
            {
                Log.Again(logger, step, backoff.Attempts + 1, failure);
            }

            await backoff.WaitAsync(cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3301, LogLevel.Warning, "Involvement step '{Step}' failed {Times} times and is tried again; nothing is skipped")]
        public static partial void Again(ILogger logger, string step, int times, Exception failure);
    }
}
