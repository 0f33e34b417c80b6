using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Events;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;
using Description = Keten.Protocol.V1.Involvement;

namespace Keten.Gateway.Involvement.Intake;

/// <summary>Reads records without trusting them: size, envelope, source against the topic's owner, value, key.</summary>
internal sealed class ReportReader(IOptions<InvolvementOptions> options)
{
    private const int MaxWord = InvolvementRules.MaxText;
    private const int MaxFields = 64;

    // Two in use, and those before that an adapter which was away still knew.
    private const int MaxKeys = 4;

    // Fields a newer version knows and this one cannot judge do not travel on.
    private static readonly MessageParser<InvolvementChanged> Parser = InvolvementChanged.Parser.WithDiscardUnknownFields(true);

    /// <summary>True for what lets the broker forget an involvement; the event before it told this gateway to.</summary>
    public static bool IsTombstone(ConsumeResult<byte[], byte[]> record) => record.Message.Value is null;

    /// <summary>Never throws for what is in the record.</summary>
    public IncomingReport Read(ConsumeResult<byte[], byte[]> record)
    {
        if (!Topics.TryGetOwner(record.Topic, out var owner))
        {
            throw new InvalidOperationException($"Topic '{record.Topic}' is no involvement topic; the intake should not have subscribed to it.");
        }

        if (record.Message.Value.Length > options.Value.MaxEventBytes)
        {
            return Refuse(record, owner, IntakeRefusals.TooLarge, $"at most {options.Value.MaxEventBytes} bytes");
        }

        if (!CloudEvent.TryRead(record.Message.Headers, out var envelope, out var fault))
        {
            return Refuse(record, owner, IntakeRefusals.Malformed, fault);
        }

        if (envelope.Source != CloudEvent.SourceOf(owner))
        {
            return Refuse(record, owner, IntakeRefusals.SourceMismatch, "ce_source must be the topic's owner", envelope);
        }

        if (envelope.Type != EventTypes.InvolvementChanged)
        {
            return Refuse(record, owner, IntakeRefusals.Malformed, $"ce_type must be {EventTypes.InvolvementChanged}", envelope);
        }

        return Parse(record, owner, envelope);
    }

    private static IncomingReport Parse(ConsumeResult<byte[], byte[]> record, Oin owner, CloudEvent envelope)
    {
        InvolvementChanged report;
        try
        {
            report = Parser.ParseFrom(record.Message.Value);
        }
        catch (InvalidProtocolBufferException)
        {
            return Refuse(record, owner, IntakeRefusals.Malformed, "a keten.involvement.v1.InvolvementChanged", envelope);
        }

        if (Check(record, report, out var person) is { } expected)
        {
            return Refuse(record, owner, IntakeRefusals.Malformed, expected, envelope);
        }

        report.Involvement ??= new();
        var readable = CaseFacts.TryParse(report.AssertedFacts.Memory, out var facts, out var fault);
        var (code, text) = FaultOf(report.Involvement) ?? (readable ? (null, "") : (Refusals.FactsInvalid.Code, fault));
        return new IncomingReport
        {
            Record = record,
            Owner = owner,
            Envelope = envelope,
            Event = report,
            Person = person,
            Persons = report.OtherSubject.Length == 0 ? [person] : [Pseudonym.Parse(report.OtherSubject), person],
            Former = [.. report.FormerSubjects.Select(Pseudonym.Parse)],
            Facts = facts,
            Fault = code,
            FaultText = text,
        };
    }

    // The BSN first, because of a record with what may be one nothing is kept.
    private static (string? Code, string Expected)? FaultOf(Description involvement) =>
        InvolvementRules.FieldWithBsn(involvement, text => BsnPattern.Contains(Encoding.UTF8.GetBytes(text))) is { } holder
            ? (Refusals.PersonalDataInMetadata.Code, $"no number that may be a BSN in {holder}")
        : InvolvementRules.FaultOf(involvement) is { } fault ? (IntakeRefusals.Malformed, fault.Expected)
        : null;

    private static string? Check(ConsumeResult<byte[], byte[]> record, InvolvementChanged report, out Pseudonym person)
    {
        if (!Pseudonym.TryParse(report.Subject, out person))
        {
            return "subject as a pseudonym";
        }

        if (!InvolvementRules.IsId(report.InvolvementId))
        {
            return $"involvement_id as at most {InvolvementRules.MaxIdLength} letters, digits and -_.";
        }

        if (record.Message.Key is null || Encoding.UTF8.GetString(record.Message.Key) != report.InvolvementId)
        {
            return "involvement_id as the record's key";
        }

        if (InvolvementNames.ActionOf(report.Change) is null && report.Change is not (Change.Erased or Change.Moved))
        {
            return "change as started, updated, ended, erased or moved";
        }

        if (!AreOfOneKeyEach(report))
        {
            return "other_subject and former_subjects, if any, as pseudonyms under other keys; former_subjects only with moved";
        }

        if (report.Fields.Count > MaxFields || report.Fields.Any(f => f.Length > MaxWord))
        {
            return $"at most {MaxFields} fields of at most {MaxWord} characters";
        }

        return report.Version < 1 ? "version from 1 up"
            : report.Purpose.Length > MaxWord || report.Actor.Length > MaxWord || report.ActorRole.Length > MaxWord || report.Traceparent.Length > MaxWord
                ? $"purpose, actor, actor_role and traceparent of at most {MaxWord} characters"
                : null;
    }

    private static bool AreOfOneKeyEach(InvolvementChanged report)
    {
        string[] all = [report.Subject, .. report.OtherSubject.Length == 0 ? [] : new[] { report.OtherSubject }, .. report.FormerSubjects];
        return (report.FormerSubjects.Count == 0 || report.Change == Change.Moved) && all.Length <= MaxKeys
            && Array.TrueForAll(all, s => Pseudonym.TryParse(s, out _)) && all.DistinctBy(s => s[..s.IndexOf('.', StringComparison.Ordinal)]).Count() == all.Length;
    }

    private static IncomingReport Refuse(
        ConsumeResult<byte[], byte[]> record, Oin owner, string code, string expected, CloudEvent? envelope = null) => new()
        {
            Record = record,
            Owner = owner,
            Envelope = envelope,
            Fault = code,
            FaultText = expected,
        };
}
