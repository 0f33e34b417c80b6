using Keten.Adapters.Sdk.Logbook;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>
/// One row of the organisation's own record: what was disclosed or refused to whom, about whom, for what, tied to the gateway's log by decision id.
/// Pseudonym only. It is also a line of the Logboek dataverwerkingen, which shows less of it (<see cref="LogbookLine"/>).
/// </summary>
public sealed record DisclosureRecord
{
    public required Decision Permit { get; init; }

    /// <summary>0 for a single answer; counts on for the messages of a subscription. A refusal has -1.</summary>
    public required int Sequence { get; init; }

    /// <summary>The call in its trace, which is the same in the gateway's log. Each message of a subscription has a span of its own.</summary>
    public required TraceSpan Span { get; init; }

    /// <summary>When the call came in.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was decided and read; the answer leaves after it.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Pseudonyms of whom the answer tells beside the person of the call; each becomes a line of the logbook under this one.</summary>
    public IReadOnlyList<string> OtherPersons { get; init; } = [];

    public required bool Allowed { get; init; }

    /// <summary>The exact code; the caller may have been told less.</summary>
    public required string ReasonCode { get; init; }

    public required string CallerCode { get; init; }

    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Of a refusal those of the gateway's permit: they tell whether the person may hear of the attempt.</summary>
    public IReadOnlyList<string> Obligations { get; init; } = [];

    public int RetentionDays { get; init; }

    /// <summary>The bundle this organisation decided by, beside the gateway's in <see cref="Permit"/>; empty when it did not come to a decision.</summary>
    public string PolicyRevision { get; init; } = "";

    internal static DisclosureRecord Disclosed(VerifiedCall call, int sequence, IReadOnlyList<string> otherPersons, DateTimeOffset now) => new()
    {
        Permit = call.Permit, Sequence = sequence, Span = sequence == 0 ? call.Span : call.Span.Child(), StartedAt = sequence == 0 ? call.StartedAt : now,
        OccurredAt = now, Allowed = true, ReasonCode = call.Decision.ReasonCode, CallerCode = call.Decision.CallerCode, Fields = call.Decision.Fields,
        Obligations = call.Decision.Obligations, RetentionDays = call.Decision.RetentionDays, PolicyRevision = call.Decision.Revision,
        OtherPersons = otherPersons,
    };

    internal static DisclosureRecord Refused(Decision permit, AdapterRefusedException refused, TraceSpan span, DateTimeOffset started, DateTimeOffset now) => new()
    {
        Permit = permit, Sequence = -1, Span = span, StartedAt = started, OccurredAt = now, Allowed = false, ReasonCode = refused.ExactCode,
        CallerCode = refused.Refusal.Code, Obligations = permit.Obligations, PolicyRevision = refused.PolicyRevision,
    };
}
