using Google.Protobuf.Reflection;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>Lines of the logbook for what the involvement exchange does: reporting an involvement and taking in a notification are processings too.</summary>
internal static class ExchangeProcessing
{
    private const string Involvement = "betrokkenheid";

    public static Processing Reported(InvolvementChanged report, DateTimeOffset now) => new()
    {
        Span = TraceSpan.After(report.Traceparent),
        Name = report.Change == Change.Erased ? "Wissen: betrokkenheid" : "Melden: betrokkenheid",
        Purpose = report.Purpose,
        Category = Involvement,
        Action = report.Change switch { Change.Started => "submit", Change.Erased => "erase", _ => "update" },
        Subject = report.Subject,
        StartedAt = now,
        EndedAt = now,
    };

    /// <summary>True when what a line would say holds what may be a BSN: such a notification is not used.</summary>
    public static bool HoldsBsn(Notification notification)
    {
        var parts = PartsOf(notification);
        return Bsn.IsIn(parts.Purpose) || Bsn.IsIn(notification.BreakGlassUsed?.Category ?? "") || Bsn.IsIn(DecisionOf(notification));
    }

    /// <param name="transaction">The one the notification is kept in.</param>
    /// <param name="notification">What came.</param>
    /// <param name="source">CloudEvents source of who sent it.</param>
    /// <param name="now">The moment.</param>
    public static Processing Received(SqliteTransaction transaction, Notification notification, string source, DateTimeOffset now)
    {
        var (own, purpose, about, told) = PartsOf(notification);
        return new Processing
        {
            Span = TraceSpan.After(notification.Traceparent),
            Name = "Bericht ontvangen: " + Kind(notification),
            Purpose = purpose.Length > 0 ? purpose : PurposeOf(transaction, own),
            Category = notification.PersonChanged is not null ? "naw" : notification.BreakGlassUsed is { } used ? used.Category : Involvement,
            Action = "receive",
            Subject = notification.Subject,
            StartedAt = now,
            EndedAt = now,
            Processor = source,
            DecisionId = DecisionOf(notification),
            AboutOin = about,
            Informed = notification.Match?.Informed ?? notification.RoleChanged?.Informed ?? false,
            AboutType = told?.OrganisationType ?? "",
            Fields = told is null ? [] : [.. Involvements.Where(field => field.Accessor.HasValue(told)).Select(field => field.Name)],
        };
    }

    private static readonly IReadOnlyList<FieldDescriptor> Involvements =
        [.. Keten.Protocol.V1.Involvement.Descriptor.Fields.InDeclarationOrder().Where(field => field.HasPresence)];

    private static (string Own, string Purpose, string About, Involvement? Told) PartsOf(Notification notification) => notification.ContentCase switch
    {
        Notification.ContentOneofCase.Match =>
            (notification.Match.OwnInvolvementId, notification.Match.Purpose, notification.Match.AboutOin, notification.Match.Involvement),
        Notification.ContentOneofCase.RoleChanged =>
            (notification.RoleChanged.OwnInvolvementId, notification.RoleChanged.Purpose, notification.RoleChanged.AboutOin, notification.RoleChanged.Involvement),
        Notification.ContentOneofCase.MatchEnded => (notification.MatchEnded.OwnInvolvementId, notification.MatchEnded.Purpose, "", null),
        Notification.ContentOneofCase.Receipt => (notification.Receipt.InvolvementId, "", "", null),
        Notification.ContentOneofCase.BreakGlassUsed => ("", notification.BreakGlassUsed.Purpose, "", null),
        Notification.ContentOneofCase.PersonChanged => ("", notification.PersonChanged.Purpose, "", null),
        Notification.ContentOneofCase.InvolvementEndsSoon => (notification.InvolvementEndsSoon.OwnInvolvementId, notification.InvolvementEndsSoon.Purpose, "", null),
        Notification.ContentOneofCase.InvolvementEnded => (notification.InvolvementEnded.OwnInvolvementId, notification.InvolvementEnded.Purpose, "", null),
        Notification.ContentOneofCase.LeadAsked => (notification.LeadAsked.OwnInvolvementId, notification.LeadAsked.Purpose, "", null),
        Notification.ContentOneofCase.LeadMissing => ("", notification.LeadMissing.Purpose, "", null),
        _ => ("", "", "", null),
    };

    private static string Kind(Notification notification) => notification.ContentCase switch
    {
        Notification.ContentOneofCase.Match => "match",
        Notification.ContentOneofCase.RoleChanged => "rol of aanspreekpunt gewijzigd",
        Notification.ContentOneofCase.MatchEnded => "match voorbij",
        Notification.ContentOneofCase.Receipt => "besluit op eigen melding",
        Notification.ContentOneofCase.BreakGlassUsed => "noodtoegang gebruikt",
        Notification.ContentOneofCase.PersonChanged => "persoonsgegevens gewijzigd",
        Notification.ContentOneofCase.InvolvementEndsSoon => "eigen betrokkenheid loopt af",
        Notification.ContentOneofCase.InvolvementEnded => "eigen betrokkenheid voorbij",
        Notification.ContentOneofCase.LeadAsked => "wie heeft de regie",
        Notification.ContentOneofCase.LeadMissing => "niemand heeft de regie",
        _ => "anders",
    };

    private static string DecisionOf(Notification notification) => notification.Receipt?.DecisionId ?? notification.BreakGlassUsed?.DecisionId ?? "";

    private static string PurposeOf(SqliteTransaction transaction, string involvementId) =>
        transaction.Scalar<string>("SELECT purpose FROM involvement WHERE involvement_id = $id", ("$id", involvementId)) ?? "";
}
