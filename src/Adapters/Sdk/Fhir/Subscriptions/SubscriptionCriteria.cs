using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>What may be subscribed to: the resource types that notifications are about. No parameters, so no person in them.</summary>
internal static class SubscriptionCriteria
{
    /// <summary>Who is involved with a person changed: matches, and who has the lead.</summary>
    public const string CareTeam = "CareTeam";

    /// <summary>The organisation's own involvement: decided, ends soon, ended.</summary>
    public const string EpisodeOfCare = "EpisodeOfCare";

    /// <summary>A person's details changed at their source, or somebody proposes a correction of them.</summary>
    public const string Patient = "Patient";

    /// <summary>An invitation to talk about a person.</summary>
    public const string Encounter = "Encounter";

    /// <summary>Break-glass was used, for the privacy officer.</summary>
    public const string AuditEvent = "AuditEvent";

    /// <summary>All of the above.</summary>
    public static IReadOnlyList<string> All { get; } = [CareTeam, EpisodeOfCare, Patient, Encounter, AuditEvent];

    /// <summary>As texts tell them.</summary>
    public static string Listed => string.Join(", ", All.Select(type => $"{type}?"));

    /// <summary>The type a notification is about; null for one this adapter does not know yet.</summary>
    public static string? TypeOf(Notification notification) => notification.ContentCase switch
    {
        Notification.ContentOneofCase.Match or Notification.ContentOneofCase.MatchEnded or Notification.ContentOneofCase.RoleChanged
            or Notification.ContentOneofCase.LeadAsked or Notification.ContentOneofCase.LeadMissing => CareTeam,
        Notification.ContentOneofCase.Receipt or Notification.ContentOneofCase.InvolvementEndsSoon or Notification.ContentOneofCase.InvolvementEnded => EpisodeOfCare,
        Notification.ContentOneofCase.PersonChanged => Patient,
        Notification.ContentOneofCase.Delivery => notification.Delivery.ContentCase == Delivery.ContentOneofCase.Invitation ? Encounter : Patient,
        Notification.ContentOneofCase.BreakGlassUsed => AuditEvent,
        _ => null,
    };

    /// <summary>The type of <c>CareTeam?</c> or <c>CareTeam</c>; null when it is not one of these.</summary>
    public static string? Parse(string criteria) => All.FirstOrDefault(type => criteria == type || criteria == type + "?");
}
