using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Involvement.Expiry;
using Keten.Gateway.Involvement.View;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.Intake;

/// <summary>What a decided report brings about: the authorised event or the dead letter, and the reporter's receipt.</summary>
internal sealed class IntakeEffects(
    AuthorisedRecords authorisedRecords, NotificationSender notifications, DeadLetters deadLetters, Retirement retirement, InvolvementView view,
    TimeProvider time)
{
    /// <summary>Hands the report to the matcher, complete: an update is laid over what was reported before, so that the last record says all.</summary>
    public Task<IReadOnlyList<TopicPartitionOffset>> AdmitAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken)
    {
        var change = report.Event!;
        var held = view.Table.Find(report.Person, report.Owner, change.InvolvementId) is { Active: true } active ? active : null;
        var now = time.GetUtcNow();
        var authorised = new AuthorisedInvolvement
        {
            Oin = report.Owner.Value,
            OrganisationType = verdict.Input!.Caller.OrganisationType,
            Event = Complete(change, held),
            DecisionId = verdict.DecisionId,
            Obligations = { verdict.Obligations },
            AuthorisedAt = now.ToTimestamp(),
            ActiveSince = held is null ? now.ToTimestamp() : PackedDay.ToTimestamp(held.ActiveSince),
            LeadEscalated = held?.LeadEscalated ?? false,
            AgeLimitOn = IndexRules.AgeLimitOn(change.Purpose, report.Facts, DateOnly.FromDateTime(now.UtcDateTime)) is { } limit
                ? PackedDay.ToText(PackedDay.Of(limit)) : held is { AgeLimitOn: > 0 } ? PackedDay.ToText(held.AgeLimitOn) : "",
        };
        if (change.Change == Change.Updated && IndexRules.IsConsentWithdrawn(change.Purpose, report.Facts))
        {
            // M6: that consent is gone ends it, whatever else the report says.
            authorised.Event = change.Clone();
            authorised.Event.Change = Change.Ended;
            authorised.Event.Involvement = null;
            authorised.EndReason = EndReason.ConsentWithdrawn;
        }

        if (authorised.Event.Change != Change.Ended || authorised.EndReason != EndReason.Unspecified)
        {
            authorised.Event.Shielded |= IsShielded(report);
        }

        return WriteAsync(report, authorised, cancellationToken);
    }

    /// <summary>What a move is about, as it is held under any pseudonym of the person; null when there is nothing active.</summary>
    public HeldInvolvement? FindMoved(IncomingReport report) => report.Persons.Concat(report.Former)
        .Select(person => view.Table.Find(person, report.Owner, report.Event!.InvolvementId))
        .Where(held => held is { Active: true }).MaxBy(held => held!.Version);

    /// <summary>Writes what is held under the new pseudonyms first, and then lets those be forgotten that no longer count, without an end that anybody is told of.</summary>
    public async Task<IReadOnlyList<TopicPartitionOffset>> MoveAsync(IncomingReport report, HeldInvolvement held, CancellationToken cancellationToken)
    {
        var change = report.Event!;
        var moved = held.ToAuthorised();
        (moved.Event.Change, moved.Event.Version) = (Change.Moved, Math.Max(change.Version, held.Version));
        (moved.Event.Subject, moved.Event.OtherSubject) = (change.Subject, change.OtherSubject);
        moved.Event.FormerSubjects.Add(change.FormerSubjects);
        var written = new List<TopicPartitionOffset>(await WriteAsync(report, moved, cancellationToken));
        foreach (var former in report.Former)
        {
            written.Add(await authorisedRecords.ForgetAsync(
                former, report.Owner, change.InvolvementId, moved.Event.Version, UuidV7.Create(time.GetUtcNow()), cancellationToken));
        }

        return written;
    }

    // Under every pseudonym it counts under; the reported one last, for by that a repeat is known.
    private async Task<IReadOnlyList<TopicPartitionOffset>> WriteAsync(IncomingReport report, AuthorisedInvolvement authorised, CancellationToken cancellationToken)
    {
        var written = new List<TopicPartitionOffset>();
        foreach (var person in report.Persons)
        {
            var one = authorised.Clone();
            one.Event.Subject = person.Value;
            one.Event.OtherSubject = report.Persons.Where(p => p != person).Select(p => p.Value).FirstOrDefault() ?? "";
            written.Add(await authorisedRecords.WriteAsync(one, $"{authorised.DecisionId}/{person.Value}", cancellationToken));
        }

        return written;
    }

    /// <summary>Ends what its organisation erases, so that who knew of it hears so, and lets the view and the broker forget it.</summary>
    public async Task<IReadOnlyList<TopicPartitionOffset>> EraseAsync(IncomingReport report, string decisionId, CancellationToken cancellationToken)
    {
        var forgotten = new List<TopicPartitionOffset>();
        foreach (var person in report.Persons)
        {
            forgotten.Add(await EraseAsync(report, person, decisionId, cancellationToken));
        }

        return forgotten;
    }

    private async Task<TopicPartitionOffset> EraseAsync(IncomingReport report, Pseudonym person, string decisionId, CancellationToken cancellationToken)
    {
        var (id, version) = (report.Event!.InvolvementId, report.Event.Version);
        if (view.Table.Find(person, report.Owner, id) is { } held)
        {
            // Newer than what is held, even when its organisation lost count: of the same version an end would have no effect.
            version = Math.Max(version, held.Active ? held.Version + 1 : held.Version);
            if (held.Active)
            {
                await retirement.EndAsync(held, EndReason.Unspecified, version, cancellationToken);
            }
        }

        return await authorisedRecords.ForgetAsync(person, report.Owner, id, version, decisionId, cancellationToken);
    }

    /// <summary>Ends what a refused report shows to be over: the policy refuses a report on a person who is too old, and M6 ends the involvement.</summary>
    public Task<TopicPartitionOffset> RetireAsync(HeldInvolvement held, CancellationToken cancellationToken) =>
        retirement.EndAsync(held, EndReason.Age, held.Version, cancellationToken);

    /// <summary>Puts the record aside for people; what may be a BSN or is too large stays where it is.</summary>
    public Task<TopicPartitionOffset> RefuseAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken) =>
        deadLetters.SendAsync(
            report.Record, verdict.ReasonCode, verdict.DecisionId,
            withContent: verdict.ReasonCode != IntakeRefusals.TooLarge && verdict.ReasonCode != Refusals.PersonalDataInMetadata.Code, cancellationToken);

    /// <summary>Tells the reporter. A repeat of the same answer has the same id.</summary>
    public Task<bool> ReceiptAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken) =>
        notifications.ReceiptAsync(report.Owner, report.Event!, new InvolvementReceipt
        {
            InvolvementId = report.Event!.InvolvementId,
            Version = report.Event.Version,
            DecisionId = verdict.DecisionId,
            Accepted = verdict.Allowed,
            ReasonCode = verdict.CallerCode,
            Obligations = { verdict.Obligations },
        }, cancellationToken);

    /// <summary>The receipt of a version that was let in before, in case the first was lost with a crash.</summary>
    public Task<bool> RepeatReceiptAsync(IncomingReport report, HeldInvolvement held, CancellationToken cancellationToken) =>
        notifications.ReceiptAsync(report.Owner, report.Event!, new InvolvementReceipt
        {
            InvolvementId = held.InvolvementId,
            Version = held.Version,
            DecisionId = held.DecisionId,
            Accepted = true,
            ReasonCode = "ALLOWED",
            Obligations = { held.Obligations },
        }, cancellationToken);

    // Shielding protects somebody: leaving the mark out does not lift it, and that the gateway ended the involvement (M6) does not either. Its
    // organisation ends it and starts it anew for that.
    private bool IsShielded(IncomingReport report) => report.Persons.Any(person =>
        view.Table.Find(person, report.Owner, report.Event!.InvolvementId) is { Shielded: true } held
        && (held.Active || held.EndReason != EndReason.Unspecified));

    private static InvolvementChanged Complete(InvolvementChanged change, HeldInvolvement? held)
    {
        var complete = change.Clone();

        // Of an involvement that is over nothing more is kept than that it is.
        if (held is not null && change.Change == Change.Updated)
        {
            complete.Involvement = held.Details.Clone();
            complete.Involvement.MergeFrom(change.Involvement);
        }

        return complete;
    }
}
