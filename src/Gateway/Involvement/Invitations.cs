using System.Globalization;
using Confluent.Kafka;
using Keten.Events;
using Keten.Gateway.Involvement.View;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Routing;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Involvement;

/// <summary>
/// An invitation that arrived makes the invited organisation involved, for that purpose (domain.md section 7). It is noted before the convener
/// hears that it arrived, so that the invited may ask at once. Not noted: the invited are refused, and the convener may send it again.
/// </summary>
internal sealed partial class Invitations(
    AuthorisedRecords records, ViewProgress progress, TimeProvider time, ILogger<Invitations> logger)
{
    private const string Convene = "convene";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async ValueTask NoteAsync(Call call)
    {
        if (call.Operation!.Action != Convene || call.Subject is not { } person || CallOutcome.GrpcStatus(call.Http) != 0)
        {
            return;
        }

        var invited = call.Target!;
        var now = time.GetUtcNow();
        var id = "invitation:" + call.Purpose;
        var note = new AuthorisedInvolvement
        {
            Oin = invited.Oin.Value,
            OrganisationType = invited.OrganisationType,
            DecisionId = call.DecisionId,
            Invitation = true,
            Event = new InvolvementChanged
            {
                Change = Change.Started,
                InvolvementId = id,
                Version = now.ToUnixTimeMilliseconds(),
                Subject = person.Value,
                Purpose = call.Purpose,
                Shielded = true,
                OccurredAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(now),
                Traceparent = call.TraceParent,
            },
        };
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            var place = await records.WriteAsync(note, call.DecisionId, limit.Token);
            await progress.ReachedAsync(place.Partition, place.Offset, limit.Token);
        }
        catch (Exception problem) when (problem is KafkaException or OperationCanceledException)
        {
            Log.NotNoted(logger, call.DecisionId, problem.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3501, LogLevel.Error, "The invitation under decision {DecisionId} arrived but could not be noted ({Problem}); the invited are refused until it is sent again")]
        public static partial void NotNoted(ILogger logger, string decisionId, string problem);
    }
}
