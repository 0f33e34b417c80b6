using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Keten.Gateway.Involvement.View;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Routing;
using Keten.Identity;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement;

/// <summary>
/// An invitation that arrived makes who sent it and who was invited involved, for that purpose (domain.md section 7). It is noted before the
/// convener hears that it arrived, so that the invited may ask at once. Not noted: the invited are refused, and the convener may send it again.
/// </summary>
internal sealed partial class Invitations(
    AuthorisedRecords records, InvolvementView view, ViewProgress progress, TimeProvider time, ILogger<Invitations> logger)
{
    private const string Convene = "convene";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async ValueTask NoteAsync(Call call)
    {
        if (call.Operation!.Action != Convene || call.Subject is null || CallOutcome.GrpcStatus(call.Http) != 0)
        {
            return;
        }

        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            await Task.WhenAll(
                NoteAsync(Note(call, call.Target!, "invitation:", n => n.Invitation = true), limit.Token),
                NoteAsync(Note(call, call.Caller!, "convener:", n => n.Convener = true), limit.Token));
        }
        catch (Exception problem) when (problem is KafkaException or OperationCanceledException)
        {
            Log.NotNoted(logger, call.DecisionId, problem.GetType().Name);
        }
    }

    private async Task NoteAsync(AuthorisedInvolvement note, CancellationToken cancellationToken)
    {
        var place = await records.WriteAsync(note, $"{note.DecisionId}/{note.Event.InvolvementId}", cancellationToken);
        await progress.ReachedAsync(place.Partition, place.Offset, cancellationToken);
    }

    // One for each purpose: the next conference only makes it last longer.
    private AuthorisedInvolvement Note(Call call, Participant party, string kind, Action<AuthorisedInvolvement> mark)
    {
        var now = time.GetUtcNow();
        var id = kind + call.Purpose;

        // Newer than the last one also when the clock was ahead then.
        var version = Math.Max(now.ToUnixTimeMilliseconds(), (view.Table.FindLast(call.Subject!.Value, party.Oin, id)?.Version ?? 0) + 1);
        var note = new AuthorisedInvolvement
        {
            Oin = party.Oin.Value,
            OrganisationType = party.OrganisationType,
            DecisionId = call.DecisionId,
            AuthorisedAt = now.ToTimestamp(),
            Event = new InvolvementChanged
            {
                Change = Change.Started,
                InvolvementId = id,
                Version = version,
                Subject = call.Subject.Value.Value,
                Purpose = call.Purpose,
                Shielded = true,
                OccurredAt = now.ToTimestamp(),
                Traceparent = call.TraceParent,
            },
        };
        mark(note);
        return note;
    }

    private static partial class Log
    {
        [LoggerMessage(3501, LogLevel.Error, "The invitation under decision {DecisionId} arrived but could not be noted ({Problem}); the invited are refused until it is sent again")]
        public static partial void NotNoted(ILogger logger, string decisionId, string problem);
    }
}
