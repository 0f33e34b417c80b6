using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Keten.Gateway.Involvement.View;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.Expiry;

/// <summary>
/// Ends, marks and forgets involvements in the gateway's own name (M6): as records of the same version, so that whatever its organisation reports
/// next is newer. Written twice they have one effect.
/// </summary>
internal sealed class Retirement(AuthorisedRecords records, TimeProvider time)
{
    /// <summary>Ends it. Of an involvement that is over nothing more is kept than that it is.</summary>
    /// <param name="held">What is held.</param>
    /// <param name="reason">Why the gateway ends it; unspecified: its organisation does.</param>
    /// <param name="version">The version that says so; the one that is held when the gateway does it in its own name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<TopicPartitionOffset> EndAsync(HeldInvolvement held, EndReason reason, long version, CancellationToken cancellationToken)
    {
        var ended = held.ToAuthorised();
        ended.EndReason = reason;
        ended.Event.Change = Change.Ended;
        ended.Event.Version = version;
        ended.Event.Involvement = null;
        ended.AuthorisedAt = time.GetUtcNow().ToTimestamp();
        return records.WriteAsync(ended, IdOf(held, "ended"), cancellationToken);
    }

    /// <summary>Has its organisation told that it ends soon, or has it passed on that nobody has the lead, or both.</summary>
    public Task<TopicPartitionOffset> MarkAsync(HeldInvolvement held, bool reminded, bool leadEscalated, CancellationToken cancellationToken)
    {
        var marked = held.ToAuthorised();
        marked.Reminded |= reminded;
        marked.LeadEscalated |= leadEscalated;
        return records.WriteAsync(marked, IdOf(held, "marked"), cancellationToken);
    }

    /// <summary>Forgets it (tombstone).</summary>
    public Task<TopicPartitionOffset> ForgetAsync(Contracts.Identifiers.Pseudonym person, HeldInvolvement held, CancellationToken cancellationToken) =>
        records.ForgetAsync(person, held.Organisation, held.InvolvementId, held.Version, IdOf(held, "forgotten"), cancellationToken);

    private static string IdOf(HeldInvolvement held, string what) => $"{held.DecisionId}/{held.Version}/{what}";
}
