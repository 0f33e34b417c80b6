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
    Visibilities visibilities, LeadQuestion lead, ProcessDirector director, NotificationSender notifications, IParticipantRegistry participants,
    Persistence persistence, Mailboxes mailboxes, ILogger<Matcher> logger)
{
    private const string Active = "active";

    /// <summary>Posts the notifications of this step; each is on its own way to its receiver.</summary>
    public async Task<IReadOnlyList<Parcel>> NotifyAsync(Transition transition, CancellationToken cancellationToken)
    {
        var posted = new List<Parcel>();
        foreach (var direction in Pairing.Of(transition))
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

        foreach (var notice in Contents.OfOwn(transition))
        {
            await PostAsync(notice, transition, posted, cancellationToken);
        }

        // After the matches, so that who is asked knows of whom.
        foreach (var asked in await lead.AskedAsync(transition, cancellationToken))
        {
            await PostAsync(Contents.LeadAsked(asked, transition.After), transition, posted, cancellationToken);
        }

        if (transition.After is { Active: true, LeadEscalated: true } && transition.Before is not { LeadEscalated: true })
        {
            await EscalateAsync(transition, posted, cancellationToken);
        }

        return posted;
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
            gemeente, notification, ["lead-missing", gemeente.Value, involvement.Purpose, asked], transition, posted,
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
        [LoggerMessage(3401, LogLevel.Information, "Participant {Oin} is not active and is not told")]
        public static partial void NotActive(ILogger logger, string oin);

        [LoggerMessage(3409, LogLevel.Warning,
            "Nobody has the lead under {Purpose} and no gemeente is told: none is involved, and not exactly one is in the region. Give participants a region")]
        public static partial void NoDirector(ILogger logger, string purpose);
    }
}
