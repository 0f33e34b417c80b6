using Google.Protobuf.Reflection;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Gateway.Involvement.View;
using Keten.Policy;
using Keten.Protocol.V1;
using Description = Keten.Protocol.V1.Involvement;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>A notification and the words that tell it from all others.</summary>
/// <param name="Receiver">The involvement whose organisation is told.</param>
/// <param name="Notification">Content only.</param>
/// <param name="Identity">The same words for the same notification, whoever sends it.</param>
internal sealed record Notice(HeldInvolvement Receiver, Notification Notification, IReadOnlyList<string> Identity);

/// <summary>What is told of a step: of a direction by its level, of an organisation's own involvement to itself.</summary>
internal static class Contents
{
    private static readonly string[] Contact =
        ["organisation", "department", "contact_professional", "contact_desk", "contact_phone", "contact_email"];

    private const string CaseLead = "case_lead";

    /// <summary>Null when the viewer learns nothing new.</summary>
    public static Notice? Of(Direction direction, InvolvementVisibility was, InvolvementVisibility now)
    {
        if (now.IsNone)
        {
            return was.IsNone ? null : Of(direction, "match-ended", new Notification { MatchEnded = Ended(direction, was) });
        }

        var shown = InvolvementNames.Only(direction.Is!.Details, now.Fields);
        if (was.IsNone || was.Level != now.Level)
        {
            return Of(direction, "match", new Notification { Match = Match(direction, now, shown) });
        }

        var changed = Changed(InvolvementNames.Only(direction.Was!.Details, was.Fields), shown);
        return changed.Count == 0 ? null : Of(direction, "role-changed", new Notification { RoleChanged = RoleChanged(direction, now, shown, changed) });
    }

    /// <summary>What an organisation is told of its own involvement.</summary>
    public static IEnumerable<Notice> OfOwn(Transition transition)
    {
        var (before, after) = (transition.Before, transition.After);
        string[] identity = [after.Organisation.Value, after.InvolvementId, $"{after.Version}"];
        if (after is { Active: true, Reminded: true } && before is not { Reminded: true })
        {
            var (endsOn, reason) = after.Ends;
            yield return new Notice(after, new Notification
            {
                InvolvementEndsSoon = new InvolvementEndsSoon
                {
                    OwnInvolvementId = after.InvolvementId,
                    Purpose = after.Purpose,
                    Reason = reason,
                    EndsOn = PackedDay.ToText(endsOn),
                },
            }, ["ends-soon", .. identity]);
        }

        if (before is { Active: true, ForPurposeOnly: false } && after.EndReason != EndReason.Unspecified)
        {
            yield return new Notice(after, new Notification
            {
                InvolvementEnded = new InvolvementEnded { OwnInvolvementId = after.InvolvementId, Purpose = after.Purpose, Reason = after.EndReason },
            }, ["own-ended", .. identity]);
        }
    }

    /// <summary>Asks who has the lead (M7).</summary>
    /// <param name="asked">Who is asked.</param>
    /// <param name="cause">The involvement that made the first match.</param>
    public static Notice LeadAsked(HeldInvolvement asked, HeldInvolvement cause) => new(asked, new Notification
    {
        LeadAsked = new LeadAsked
        {
            OwnInvolvementId = asked.InvolvementId,
            Purpose = asked.Purpose,
            AnswerBy = PackedDay.ToText(PackedDay.Of(Lifetime.LeadAnswerBy(cause.ActiveSince))),
        },
    }, ["lead-asked", asked.Organisation.Value, asked.InvolvementId, cause.Organisation.Value, cause.InvolvementId, $"{cause.Version}"]);

    private static Notice Of(Direction direction, string kind, Notification notification) => new(direction.Viewer, notification,
    [
        kind, direction.Viewer.Organisation.Value, direction.Viewer.InvolvementId, $"{direction.Viewer.Version}",
        direction.Holder.Organisation.Value, direction.Holder.InvolvementId, $"{direction.HolderVersion}",
    ]);

    private static Match Match(Direction direction, InvolvementVisibility now, Description shown) => new()
    {
        AboutOin = direction.Holder.Organisation.Value,
        Level = LevelOf(now),
        Involvement = shown,
        Purpose = direction.Holder.Purpose,
        OwnInvolvementId = direction.Viewer.InvolvementId,
        Informed = IsInformed(direction.Holder),
    };

    private static bool IsInformed(HeldInvolvement holder) => !holder.Obligations.Contains(ObligationIds.InformSubjectWhenSafe, StringComparer.Ordinal);

    private static MatchEnded Ended(Direction direction, InvolvementVisibility was) => new()
    {
        AboutOin = direction.Holder.Organisation.Value,
        Level = LevelOf(was),
        Purpose = direction.Holder.Purpose,
        OwnInvolvementId = direction.Viewer.InvolvementId,
    };

    private static RoleChanged RoleChanged(Direction direction, InvolvementVisibility now, Description shown, List<string> changed)
    {
        var notice = new RoleChanged
        {
            AboutOin = direction.Holder.Organisation.Value,
            Level = LevelOf(now),
            Involvement = shown,
            Purpose = direction.Holder.Purpose,
            OwnInvolvementId = direction.Viewer.InvolvementId,
            ChangedFields = { changed },
            Informed = IsInformed(direction.Holder),
        };
        if (changed.Contains(CaseLead))
        {
            notice.Roles.Add(Role.CaseLead);
        }

        if (changed.Exists(f => Contact.Contains(f, StringComparer.Ordinal)))
        {
            notice.Roles.Add(Role.Contact);
        }

        return notice;
    }

    private static List<string> Changed(Description was, Description now) =>
        [.. Description.Descriptor.Fields.InDeclarationOrder().Where(f => !Equals(ValueOf(was, f), ValueOf(now, f))).Select(f => OperationCatalogue.DataFieldName(f)!)];

    private static object? ValueOf(Description involvement, FieldDescriptor field) =>
        field.Accessor.HasValue(involvement) ? field.Accessor.GetValue(involvement) : null;

    private static VisibilityLevel LevelOf(InvolvementVisibility visibility) =>
        visibility.Level == "full" ? VisibilityLevel.Full : VisibilityLevel.Contact;
}
