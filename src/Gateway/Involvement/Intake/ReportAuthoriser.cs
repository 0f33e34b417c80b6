using System.Globalization;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Involvement.View;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Involvement.Intake;

/// <summary>Rule M1: a report counts only if the policy allows its organisation to submit or update it, with the fields it carries.</summary>
internal sealed class ReportAuthoriser(IPolicyEngine policy, IParticipantRegistry participants, InvolvementView view,
    IOptions<InvolvementOptions> options, TimeProvider time)
{
    private const string Allowed = "ALLOWED";

    /// <summary>Decides; has no effect.</summary>
    /// <exception cref="PolicyUnavailableException">No usable answer: ask again, never skip.</exception>
    public async Task<Verdict> DecideAsync(IncomingReport report, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (report.Fault is not null || report.Event is not { } change)
        {
            return Refuse(report.Fault ?? IntakeRefusals.Malformed, now);
        }

        var latest = now + options.Value.ClockTolerance;
        if (change.OccurredAt?.Seconds > latest.ToUnixTimeSeconds() || report.Envelope?.Time > latest)
        {
            return Refuse(IntakeRefusals.TimeInFuture, now) with
            {
                Expected = $"occurred_at and ce_time at most {options.Value.ClockTolerance} ahead of this gateway's clock: put the organisation's clock right",
            };
        }

        if (!participants.TryGet(report.Owner, out var participant))
        {
            return Refuse(Refusals.ParticipantUnknown.Code, now);
        }

        var input = Describe(report, change, participant, now);
        var decision = await policy.DecideAsync(input, cancellationToken);
        var verdict = new Verdict(decision.Allow, decision.ReasonCode, decision.CallerCode, UuidV7.Create(now), decision, input);
        if (!decision.Allow)
        {
            return verdict;
        }

        // Whatever the register says of updates: what does not exist cannot be changed, or submit's rules could be passed by.
        if (change.Change != Change.Started && !input.CallerInvolved)
        {
            return Deny(verdict, IntakeRefusals.CallerNotInvolved);
        }

        // A message that delivers more than allowed is refused whole, not pruned (R20).
        return InvolvementNames.PopulatedFields(change.Involvement).All(f => decision.Fields.Contains(f, StringComparer.Ordinal))
            ? verdict
            : Deny(verdict, Refusals.FieldNotPermitted.Code);
    }

    /// <summary>An organisation may always take back what it reported itself: that discloses nothing, and no policy may refuse it.</summary>
    public Verdict AllowErasure() => new(true, Allowed, Allowed, UuidV7.Create(time.GetUtcNow()));

    /// <summary>The refusal of a report on which this gateway itself failed.</summary>
    public Verdict Fail() => Refuse(Refusals.Internal.Code, time.GetUtcNow());

    /// <summary>The record of a move: nothing is decided anew.</summary>
    public Verdict Move() => new(true, Allowed, Allowed, UuidV7.Create(time.GetUtcNow()));

    /// <summary>The refusal of a report that is no newer than what is held, and not the same.</summary>
    public Verdict RefuseOutdated() => Refuse(IntakeRefusals.VersionOutdated, time.GetUtcNow());

    /// <summary>The refusal of a report whose words may hold a BSN; it takes the place of whatever was decided.</summary>
    public Verdict RefusePersonalData() => Refuse(Refusals.PersonalDataInMetadata.Code, time.GetUtcNow());

    private static Verdict Deny(Verdict verdict, string code) => verdict with { Allowed = false, ReasonCode = code, CallerCode = code };

    private static Verdict Refuse(string code, DateTimeOffset now) => new(false, code, code, UuidV7.Create(now));

    private PolicyInput Describe(IncomingReport report, InvolvementChanged change, Participant participant, DateTimeOffset now) => new()
    {
        Caller = new PolicyParty(participant.Oin.Value, participant.OrganisationType, participant.Status),
        Target = PolicyParty.Gateway,
        Actor = change.Actor,
        ActorRole = change.ActorRole,
        Purpose = change.Purpose,
        Category = InvolvementNames.Category,
        Action = InvolvementNames.ActionOf(change.Change)!,
        Subject = report.Person.Value,
        RequestedFields = change.Fields.Count == 0 ? null : [.. change.Fields],
        Facts = report.Facts,
        CallerInvolved = IsInvolved(report, change),
        Time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        TraceParent = change.Traceparent,
    };

    // An update is judged on the very involvement it changes; another involvement with the same person is no ground for it.
    private bool IsInvolved(IncomingReport report, InvolvementChanged change) => change.Change == Change.Started
        ? view.IsInvolved(report.Owner, report.Person, change.Purpose)
        : view.Table.Find(report.Person, report.Owner, change.InvolvementId) is { Active: true } held && held.Purpose == change.Purpose;
}
