using System.Diagnostics;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>
/// One line of the organisation's own record of processing (Logboek dataverwerkingen): what was disclosed or refused to whom, about whom, for what,
/// tied to the gateway's log by decision id. Pseudonym only.
/// </summary>
public sealed record DisclosureRecord
{
    public required Decision Permit { get; init; }

    /// <summary>0 for a single answer; counts on for the messages of a subscription. A refusal has -1.</summary>
    public required int Sequence { get; init; }

    /// <summary>W3C trace id of the call, the same as in the gateway's log; empty when there is none.</summary>
    public string TraceId { get; } = Activity.Current?.TraceId.ToHexString() ?? "";

    public required DateTimeOffset OccurredAt { get; init; }

    public required bool Allowed { get; init; }

    /// <summary>The exact code; the caller may have been told less.</summary>
    public required string ReasonCode { get; init; }

    public required string CallerCode { get; init; }

    public IReadOnlyList<string> Fields { get; init; } = [];

    public IReadOnlyList<string> Obligations { get; init; } = [];

    public int RetentionDays { get; init; }

    /// <summary>The bundle this organisation decided by, beside the gateway's in <see cref="Permit"/>; empty when it did not come to a decision.</summary>
    public string PolicyRevision { get; init; } = "";

    internal static DisclosureRecord Disclosed(VerifiedCall call, int sequence, DateTimeOffset now) => new()
    {
        Permit = call.Permit, Sequence = sequence, OccurredAt = now, Allowed = true, ReasonCode = call.Decision.ReasonCode,
        CallerCode = call.Decision.CallerCode, Fields = call.Decision.Fields, Obligations = call.Decision.Obligations,
        RetentionDays = call.Decision.RetentionDays, PolicyRevision = call.Decision.Revision,
    };

    internal static DisclosureRecord Refused(Decision permit, AdapterRefusedException refused, DateTimeOffset now) => new()
    {
        Permit = permit, Sequence = -1, OccurredAt = now, Allowed = false, ReasonCode = refused.ExactCode, CallerCode = refused.Refusal.Code,
        PolicyRevision = refused.PolicyRevision,
    };
}
