using System.Text.Json;
using Keten.Contracts.Catalogue;
using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>The question and the answer of a decision, as the policy engine got and gave them: AuthZEN 1.0 in the NLGov profile.</summary>
internal static class AdlBody
{
    public static void Write(Utf8JsonWriter writer, DecisionRecord decision)
    {
        writer.WriteStartObject("adl.core.request"u8);
        WriteRequest(writer, decision);
        writer.WriteEndObject();
        writer.WriteStartObject("adl.core.response"u8);
        WriteResponse(writer, decision);
        writer.WriteEndObject();
    }

    private static void WriteRequest(Utf8JsonWriter writer, DecisionRecord decision)
    {
        writer.WriteStartObject("subject"u8);
        writer.WriteString("type"u8, "organisation"u8);
        writer.WriteString("id"u8, decision.Caller?.Oin ?? "");
        writer.WriteStartObject("properties"u8);
        AdlRendering.WriteText(writer, "organisation_type"u8, decision.Caller?.OrganisationType ?? "");
        AdlRendering.WriteText(writer, "status"u8, decision.Caller?.Status ?? "");
        AdlRendering.WriteText(writer, "role"u8, decision.ActorRole);
        AdlRendering.WriteText(writer, "actor"u8, decision.Actor);
        writer.WriteEndObject();
        writer.WriteEndObject();

        writer.WriteStartObject("action"u8);
        writer.WriteString("name"u8, decision.Action);
        writer.WriteEndObject();

        writer.WriteStartObject("resource"u8);
        writer.WriteString("type"u8, decision.Category);
        writer.WriteString("id"u8, decision.Subject);
        writer.WriteStartObject("properties"u8);
        AdlRendering.WriteText(writer, "organisation_type"u8, decision.Target?.OrganisationType ?? "");
        AdlRendering.WriteText(writer, "organisation"u8, decision.Target?.Oin ?? "");
        AdlRendering.WriteText(writer, "status"u8, decision.Target?.Status ?? "");
        AdlRendering.WriteList(writer, "fields"u8, decision.RequestedFields);
        writer.WriteEndObject();
        writer.WriteEndObject();

        writer.WriteStartObject("context"u8);
        writer.WriteString("purpose"u8, decision.Purpose);
        AdlRendering.WriteText(writer, "time"u8, decision.PolicyTime);
        if (decision.TraceId.Length > 0)
        {
            writer.WriteString("traceparent"u8, $"00-{decision.TraceId}-{decision.SpanId}-01");
        }

        writer.WriteBoolean("caller_involved"u8, decision.CallerInvolved);
        writer.WriteBoolean("target_involved"u8, decision.TargetInvolved);
        if (CaseFacts.TryParse(decision.AssertedFacts.Memory, out var facts, out _))
        {
            facts.WriteTo(writer, except: decision.CallerInvited ? "invited" : null);
        }

        if (decision.CallerInvited)
        {
            writer.WriteBoolean("invited"u8, true);
        }

        if (decision.Justification.Length > 0)
        {
            writer.WriteStartObject("break_glass"u8);
            writer.WriteString("justification"u8, decision.Justification);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteResponse(Utf8JsonWriter writer, DecisionRecord decision)
    {
        writer.WriteBoolean("decision"u8, decision.Allowed);
        writer.WriteStartObject("context"u8);
        AdlRendering.WriteText(writer, "reason_code"u8, decision.ReasonCode);
        AdlRendering.WriteList(writer, "fields"u8, decision.Fields);
        AdlRendering.WriteList(writer, "obligations"u8, decision.Obligations);
        AdlRendering.WriteList(writer, "legal_basis"u8, decision.LegalBasis);
        if (decision.RetentionDays > 0)
        {
            writer.WriteNumber("retention_days"u8, decision.RetentionDays);
        }

        if (decision.BreakGlass)
        {
            writer.WriteBoolean("break_glass"u8, true);
        }

        writer.WriteEndObject();
    }
}
