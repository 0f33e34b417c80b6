using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts;
using Keten.Gateway.Fhir;
using Keten.Gateway.Pipeline;
using Keten.Identity;
using Keten.Protocol.V1;

namespace Keten.Gateway.Routing;

/// <summary>
/// Puts the decision on the request as <c>keten-decision-bin</c> and takes off everything the target does not need to hear. What the caller
/// wrote under that name is gone: only the gateway may say what was decided.
/// </summary>
internal sealed class PermitWriter(TimeProvider time)
{
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(30);

    /// <summary>What a target needs beside the permit. All else a caller sends stays here: it would reach another organisation unlogged.</summary>
    private static readonly FrozenSet<string> Forwarded = new[]
    {
        "Host", "content-type", "content-length", "te", "user-agent", KetenHeaders.Purpose, KetenHeaders.Target, KetenHeaders.Subject,
        KetenHeaders.TraceParent, "tracestate",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of a question about nobody (FHIR capabilities) nothing was decided or recorded, so nothing of it goes along.</summary>
    private static readonly FrozenSet<string> ForwardedOfNobody = new[] { "Host", KetenHeaders.TraceParent }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, AccessAction> Actions = new(StringComparer.Ordinal)
    {
        ["read"] = AccessAction.Read, ["search"] = AccessAction.Search, ["subscribe"] = AccessAction.Subscribe,
        ["submit"] = AccessAction.Submit, ["update"] = AccessAction.Update, ["convene"] = AccessAction.Convene,
    };

    public void Write(Call call, TimeSpan timeLeft)
    {
        var headers = call.Http.Request.Headers;
        var ifNoneMatch = headers.IfNoneMatch;
        var decided = call.Decision is not null;
        foreach (var name in headers.Keys.Where(n => !(decided ? Forwarded.Contains(n) || n.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase) : ForwardedOfNobody.Contains(n))).ToArray())
        {
            headers.Remove(name);
        }

        if (decided)
        {
            headers[KetenHeaders.Decision] = Convert.ToBase64String(Permit(call).ToByteArray()).TrimEnd('=');
        }

        if (call.Fhir is not null)
        {
            FhirForwarding.Write(call, ifNoneMatch);
        }

        headers[KetenHeaders.TransactionId] = call.TransactionId;
        headers[GrpcDeadline.Header] = GrpcDeadline.Write(timeLeft);
    }

    private Decision Permit(Call call)
    {
        var decision = call.Decision!;
        var now = time.GetUtcNow();
        var permit = new Decision
        {
            DecisionId = call.DecisionId,
            TransactionId = call.TransactionId,
            Operation = call.Operation!.Path,
            Caller = Party(call.Caller!),
            Target = Party(call.Target!),
            Subject = call.Subject?.Value ?? "",
            Purpose = call.Purpose,
            Category = call.Operation.Category,
            Action = Actions[call.Operation.Action],
            Actor = call.Actor,
            ActorRole = call.ActorRole,
            CaseReference = call.CaseReference,
            RetentionDays = decision.RetentionDays,
            BreakGlass = decision.BreakGlass,
            AssertedFacts = UnsafeByteOperations.UnsafeWrap(call.Facts.Json),
            Justification = call.Justification ?? "",
            CallerInvolved = call.CallerInvolved,
            TargetInvolved = call.TargetInvolved,
            CallerInvited = call.CallerInvited,
            DecidedAt = Timestamp.FromDateTimeOffset(call.StartedAt),
            ExpiresAt = Timestamp.FromDateTimeOffset(now + Validity),
            PolicyRevision = decision.Revision,
        };
        permit.Fields.Add(decision.Fields);
        permit.Obligations.Add(decision.Obligations);
        permit.LegalBasis.Add(decision.LegalBasis);
        if (call.RequestedFields is not null)
        {
            permit.RequestedFields.Add(call.RequestedFields);
        }

        return permit;
    }

    private static Party Party(Participant participant) =>
        new() { Oin = participant.Oin.Value, OrganisationType = participant.OrganisationType, Status = participant.Status };
}
