using Keten.Events;
using Keten.Gateway.Involvement.Delivery;
using Keten.Gateway.Involvement.View;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>Tells those who may know, each direction apart, once (M3 to M6).</summary>
internal sealed partial class Matcher(
    Visibilities visibilities, NotificationSender notifications, IParticipantRegistry participants, Persistence persistence, Mailboxes mailboxes,
    ILogger<Matcher> logger)
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
            if (Describe(direction, was, now) is not var (kind, notification))
            {
                continue;
            }

            var viewer = direction.Viewer;
            if (!participants.TryGet(viewer.Organisation, out var participant) || participant.Status != Active)
            {
                Log.NotActive(logger, viewer.Organisation.Value);
                continue;
            }

            var holder = direction.Holder;
            string[] identity =
            [
                kind, viewer.Organisation.Value, viewer.InvolvementId, $"{viewer.Version}",
                holder.Organisation.Value, holder.InvolvementId, $"{direction.HolderVersion}",
            ];
            posted.Add(await mailboxes.PostAsync(
                Topics.Notifications(viewer.Organisation), transition.Person.Value,
                ct => notifications.SendAsync(viewer.Organisation, transition.Cause, notification, identity, ct), cancellationToken));
        }

        return posted;
    }

    private static (string Kind, Notification Notification)? Describe(Direction direction, InvolvementVisibility was, InvolvementVisibility now)
    {
        if (!now.IsNone)
        {
            var shown = InvolvementNames.Only(direction.Is!.Details, now.Fields);
            var same = was.Level == now.Level && InvolvementNames.Only(direction.Was!.Details, was.Fields).Equals(shown);
            return same ? null : ("match", new Notification
            {
                Match = new Match
                {
                    AboutOin = direction.Is.Organisation.Value,
                    Level = LevelOf(now),
                    Involvement = shown,
                    Purpose = direction.Is.Purpose,
                    OwnInvolvementId = direction.Viewer.InvolvementId,
                },
            });
        }

        return was.IsNone ? null : ("match-ended", new Notification
        {
            MatchEnded = new MatchEnded
            {
                AboutOin = direction.Was!.Organisation.Value,
                Level = LevelOf(was),
                Purpose = direction.Was.Purpose,
                OwnInvolvementId = direction.Viewer.InvolvementId,
            },
        });
    }

    private static VisibilityLevel LevelOf(InvolvementVisibility visibility) =>
        visibility.Level == "full" ? VisibilityLevel.Full : VisibilityLevel.Contact;

    private Task<InvolvementVisibility> VisibilityAsync(Direction direction, HeldInvolvement? holder, CancellationToken cancellationToken) =>
        persistence.DoAsync("visibility", ct => visibilities.OfAsync(direction.Viewer, holder, ct).AsTask(), cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(3401, LogLevel.Information, "Participant {Oin} is not active and is not told of a match")]
        public static partial void NotActive(ILogger logger, string oin);
    }
}
