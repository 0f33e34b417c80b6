using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Gateway.Involvement.Delivery;
using Keten.Gateway.Involvement.View;
using Keten.Gateway.Own;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>Tells those who may know, each direction apart, once (M3 to M7).</summary>
internal sealed partial class Matcher(
    InvolvementView view, Visibilities visibilities, LeadQuestion lead, ProcessDirector director, NotificationSender notifications, IParticipantRegistry participants,
    Persistence persistence, Mailboxes mailboxes, ILogger<Matcher> logger)
{
    private const string Active = "active";

    /// <summary>Posts the notifications of this step; each is on its own way to its receiver.</summary>
    public async Task<IReadOnlyList<Parcel>> NotifyAsync(Transition transition, CancellationToken cancellationToken)
    {
        var posted = new List<Parcel>();
        foreach (var direction in Pairing.Of(transition).Where(d => !IsKnownAlready(transition, d)))
        {
            var was = await VisibilityAsync(direction, direction.Was, cancellationToken);
            var now = await VisibilityAsync(direction, direction.Is, cancellationToken);
            if (Contents.Of(direction, was, now) is { } notice)
            {
                if (notice.Notification.Match is { } match && participants.TryGet(direction.Holder.Organisation, out var holder))
                {
                    match.Contact = DirectoryEntry.ContactOf(holder);
                }

                await PostAsync(notice, transition, posted, cancellationToken);
            }
        }

        if (transition.Cause.Change == Change.Moved)
        {
            // Nothing happened to the involvement itself.
            return posted;
        }

        foreach (var notice in Contents.OfOwn(transition))
        {
            await PostAsync(notice, transition, posted, cancellationToken);
        }

        // After the matches, so that who is asked knows of whom.
        foreach (var asked in await lead.AskedAsync(transition, cancellationToken))
        {
            await PostAsync(Contents.LeadAsked(asked, transition.After), transition, posted, cancellationToken);
        }

        if (transition.After is { Active: true, LeadEscalated: true, Shielded: false } && transition.Before is not { LeadEscalated: true })
        {
            await EscalateAsync(transition, posted, cancellationToken);
        }

        return posted;
    }

    // An involvement that moves to another key was matched under the one before with whoever counts there as well.
    private bool IsKnownAlready(Transition transition, Direction direction)
    {
        if (transition.Cause.Change != Change.Moved)
        {
            return false;
        }

        var other = direction.Holder.Organisation == transition.After.Organisation ? direction.Viewer : direction.Holder;
        return transition.Cause.FormerSubjects.Append(transition.Cause.OtherSubject).Any(subject =>
            Pseudonym.TryParse(subject, out var person) && view.Table.Find(person, other.Organisation, other.InvolvementId) is { Active: true });
    }

    private async Task EscalateAsync(Transition transition, List<Parcel> posted, CancellationToken cancellationToken)
    {
        var involvement = transition.After;
        if (director.For(involvement.Purpose, transition.All) is not { } gemeente)
        {
            Log.NoDirector(logger, involvement.Purpose);
            return;
        }

        var asked = PackedDay.ToText(involvement.ActiveSince);
        var notification = new Notification { LeadMissing = new LeadMissing { Purpose = involvement.Purpose, AskedOn = asked } };
        await PostAsync(
            gemeente, notification, ["lead-missing", gemeente.Value, involvement.Organisation.Value, involvement.InvolvementId, asked], transition, posted,
            cancellationToken);
    }

    private Task PostAsync(Notice notice, Transition transition, List<Parcel> posted, CancellationToken cancellationToken) =>
        PostAsync(notice.Receiver.Organisation, notice.Notification, notice.Identity, transition, posted, cancellationToken);

    private async Task PostAsync(
        Oin receiver, Notification notification, IReadOnlyList<string> identity, Transition transition, List<Parcel> posted,
        CancellationToken cancellationToken)
    {
        if (!participants.TryGet(receiver, out var participant) || participant.Status != Active)
        {
            Log.NotActive(logger, receiver.Value);
            return;
        }

        posted.Add(await mailboxes.PostAsync(
            Topics.Notifications(receiver), transition.Person.Value,
            ct => notifications.SendAsync(receiver, transition.Cause, notification, identity, ct), cancellationToken));
    }

    private Task<InvolvementVisibility> VisibilityAsync(Direction direction, HeldInvolvement? holder, CancellationToken cancellationToken) =>
        persistence.DoAsync("visibility", ct => visibilities.OfAsync(direction.Viewer, holder, ct).AsTask(), cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(3401, LogLevel.Warning,
            "Participant {Oin} is not active and is not told. When it is active again: keten events replay --stage matcher, from when it was suspended")]
        public static partial void NotActive(ILogger logger, string oin);

        [LoggerMessage(3409, LogLevel.Warning,
            "Nobody has the lead under {Purpose} and no gemeente is told: none is involved, and not exactly one is in the region. Give participants a region")]
        public static partial void NoDirector(ILogger logger, string purpose);
    }
}
