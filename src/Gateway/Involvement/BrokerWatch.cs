using Confluent.Kafka;
using Keten.Events;
using Keten.Events.Operation;
using Keten.Identity;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Involvement;

/// <summary>
/// Asks the broker now and then how far the gateways together are behind, and how much was set aside: the numbers of <c>keten events lag</c>, for
/// metrics. All replicas show the same.
/// </summary>
internal sealed partial class BrokerWatch(
    KafkaClients clients, IParticipantRegistry participants, InvolvementMetrics metrics, IOptions<InvolvementOptions> options, TimeProvider time,
    ILogger<BrokerWatch> logger) : BackgroundService
{
    private readonly BrokerMarks _marks = new(clients);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.BrokerWatchInterval, time);
        do
        {
            try
            {
                // The client waits for the broker without a token: whoever stops does not wait for it.
                metrics.Saw(await Task.Run(Look, stoppingToken).WaitAsync(stoppingToken));
            }
            catch (KafkaException failure)
            {
                metrics.Saw(null);
                Log.NoAnswer(logger, failure.Error.Code);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private BrokerNumbers Look()
    {
        var own = participants.All.Select(p => Topics.Involvement(p.Oin)).ToList();
        return new BrokerNumbers(
            _marks.Lag(ConsumerGroups.Intake, own).Sum(p => p.Lag),
            _marks.Lag(ConsumerGroups.Matcher, [Topics.InvolvementByPerson]).Sum(p => p.Lag),
            _marks.Count(own.Select(Topics.DeadLetter)),
            _marks.Count([Topics.DeadLetter(Topics.InvolvementByPerson)]));
    }

    private static partial class Log
    {
        [LoggerMessage(3310, LogLevel.Warning, "The broker does not tell how far the gateways are behind ({Code}): those metrics have no value until it does")]
        public static partial void NoAnswer(ILogger logger, ErrorCode code);
    }
}

/// <summary>What the broker knows of the gateways together.</summary>
/// <param name="IntakeLag">Records of the participants' topics that are not finished.</param>
/// <param name="MatcherLag">Records of the re-keyed topic that are not finished.</param>
/// <param name="DeadReports">Records in the participants' dead-letter topics.</param>
/// <param name="DeadInvolvements">Records in the dead-letter topic of the re-keyed one.</param>
internal sealed record BrokerNumbers(long IntakeLag, long MatcherLag, long DeadReports, long DeadInvolvements);
