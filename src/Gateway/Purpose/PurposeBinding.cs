using System.Diagnostics;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Fhir;
using Keten.Gateway.Pipeline;
using Keten.Identity;

namespace Keten.Gateway.Purpose;

/// <summary>Step 2: what is asked, of whom, about whom and for which purpose (doelbinding), from the metadata and the operation catalogue.</summary>
internal sealed class PurposeBinding(OperationCatalogue catalogue, IParticipantRegistry participants, OwnParticipant own)
{
    private const int MaxFields = 64;

    public Refused? Bind(Call call)
    {
        call.TraceParent = Activity.Current?.Id ?? "";
        var metadata = new MetadataReader(call.Http.Request.Headers);

        call.TransactionId = metadata.Optional(KetenHeaders.TransactionId, 36) ?? UuidV7.Create(call.StartedAt);
        if (metadata.Fault is null && !UuidV7.IsValid(call.TransactionId))
        {
            call.TransactionId = "";
            return (Refused)Refusals.TransactionIdInvalid;
        }

        var odd = FhirBinding.Bind(call, own);
        call.Purpose = metadata.Required(KetenHeaders.Purpose, 256);
        var target = call.Fhir?.Target ?? metadata.Required(KetenHeaders.Target, 256);
        call.Actor = metadata.Required(KetenHeaders.Actor, 256);
        call.ActorRole = metadata.Required(KetenHeaders.ActorRole, 256);
        call.CaseReference = metadata.Optional(KetenHeaders.Case, 256) ?? "";
        var subject = metadata.Optional(KetenHeaders.Subject, 256);
        var fields = metadata.OptionalList(KetenHeaders.Fields, 1024);
        var facts = metadata.OptionalList(KetenHeaders.Facts, CaseFacts.MaxBytes);
        call.Justification = metadata.OptionalText(KetenHeaders.Justification, 1024);
        if (odd is not null)
        {
            return odd;
        }

        if (metadata.Fault is { } fault)
        {
            return (Refused)fault;
        }

        if (!catalogue.TryGet(call.Fhir is { } fhir ? fhir.OperationPath! : call.Http.Request.Path.Value ?? "", out var operation))
        {
            return (Refused)Refusals.OperationUnknown;
        }

        call.Operation = operation;
        return BindSubject(call, subject) ?? BindFields(call, fields) ?? BindFacts(call, facts) ?? BindTarget(call, target);
    }

    /// <summary>An operation is about one person, or about organisations; then a person has no place in it.</summary>
    private static Refused? BindSubject(Call call, string? subject)
    {
        if (!call.Operation!.IsPersonal)
        {
            return subject is null ? null : (Refused)Refusals.SubjectNotAsked;
        }

        if (subject is null)
        {
            return (Refused)Refusals.MetadataMissing;
        }

        if (!Pseudonym.TryParse(subject, out var pseudonym))
        {
            return (Refused)Refusals.MetadataMalformed;
        }

        call.Subject = pseudonym;
        return null;
    }

    private static Refused? BindFields(Call call, string? fields)
    {
        if (fields is null)
        {
            return null;
        }

        var names = fields.Split(',', StringSplitOptions.TrimEntries);
        if (names.Length > MaxFields || names.Any(n => n.Length == 0 || !n.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')))
        {
            return (Refused)Refusals.MetadataMalformed;
        }

        call.RequestedFields = names;
        return null;
    }

    private static Refused? BindFacts(Call call, string? text)
    {
        if (!CaseFacts.TryParse(text, out var facts, out var expected))
        {
            return (Refused)Refusals.FactsInvalid with { English = $"keten-facts is not accepted: expected {expected}." };
        }

        call.Facts = facts;
        return null;
    }

    private Refused? BindTarget(Call call, string target)
    {
        if (!Oin.TryParse(target, out var oin))
        {
            return (Refused)Refusals.MetadataMalformed;
        }

        if (!participants.TryGet(oin, out var participant))
        {
            participant = own.Self.Oin == oin ? own.Self : null;
        }

        call.Target = participant;
        return participant is null ? (Refused)Refusals.TargetUnknown : null;
    }
}
