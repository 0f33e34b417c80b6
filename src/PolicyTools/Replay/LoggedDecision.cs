using System.Buffers;
using System.Text.Json;
using Keten.Contracts.Catalogue;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.PolicyTools.Replay;

/// <summary>A decision record as the question that was asked and the answer that was given.</summary>
internal sealed record LoggedDecision(byte[] Input, PolicyAnswer Answer)
{
    private const string Decided = "R22";

    /// <summary>Null when the policy cannot be asked again; <paramref name="why"/> says why.</summary>
    public static LoggedDecision? From(DecisionRecord record, out string why)
    {
        why = "";
        if (record.Rule.Length == 0)
        {
            why = "refused before the policy was asked, or without its answer";
        }
        else if (record.Caller is null || record.Target is null)
        {
            why = "the record does not name caller and target";
        }
        else if (!CaseFacts.TryParse(record.AssertedFacts.Memory, out var facts, out _))
        {
            why = "the asserted facts in the record cannot be read";
        }
        else
        {
            return new LoggedDecision(InputOf(record, facts), AnswerOf(record));
        }

        return null;
    }

    // As the gateway builds it: no list of fields is no wish, no justification is no break-glass.
    private static byte[] InputOf(DecisionRecord record, CaseFacts facts)
    {
        var input = new PolicyInput
        {
            Caller = Party(record.Caller),
            Target = Party(record.Target),
            Actor = record.Actor,
            ActorRole = record.ActorRole,
            Purpose = record.Purpose,
            Category = record.Category,
            Action = record.Action,
            Subject = record.Subject,
            RequestedFields = record.RequestedFields.Count == 0 ? null : record.RequestedFields,
            Facts = facts,
            CallerInvolved = record.CallerInvolved,
            TargetInvolved = record.TargetInvolved,
            Invited = record.CallerInvited,
            Justification = record.Justification.Length == 0 ? null : record.Justification,
            Time = record.PolicyTime,
        };
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            input.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    // What the policy allowed may still have been refused after it: an obligation unknown to the gateway, a message that carries too much.
    private static PolicyAnswer AnswerOf(DecisionRecord record)
    {
        var allowed = record.Rule == Decided;
        var code = record.Allowed || !allowed ? record.ReasonCode : record.BreakGlass ? "ALLOWED_BREAK_GLASS" : "ALLOWED";
        return new PolicyAnswer
        {
            Allow = allowed,
            ReasonCode = code,
            CallerCode = record.Allowed || !allowed ? record.CallerCode : code,
            Rule = record.Rule,
            Fields = [.. record.Fields],
            Obligations = [.. record.Obligations],
            LegalBasis = [.. record.LegalBasis],
            RetentionDays = record.RetentionDays,
            BreakGlass = record.BreakGlass,
        };
    }

    private static PolicyParty Party(Party party) => new(party.Oin, party.OrganisationType, party.Status);
}
