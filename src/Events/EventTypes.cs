namespace Keten.Events;

/// <summary>CloudEvents types: reverse DNS, no organisation, one version; a breaking change is a new type (NL GOV profile 1.1).</summary>
public static class EventTypes
{
    /// <summary>Value: <c>keten.involvement.v1.InvolvementChanged</c>.</summary>
    public const string InvolvementChanged = "nl.keten.involvement.changed.v1";

    /// <summary>Value: <c>keten.involvement.v1.AuthorisedInvolvement</c>.</summary>
    public const string InvolvementAuthorised = "nl.keten.involvement.authorised.v1";

    /// <summary>Value: <c>keten.notification.v1.Notification</c>.</summary>
    public const string Notification = "nl.keten.notification.v1";

    /// <summary>Value: <c>keten.log.v1.LogRecord</c>, byte for byte as in the decision log.</summary>
    public const string DecisionRecorded = "nl.keten.decision.recorded.v1";

    /// <summary>Value: a checkpoint of a decision log as text (c2sp.org/tlog-checkpoint).</summary>
    public const string CheckpointSigned = "nl.keten.checkpoint.signed.v1";
}
