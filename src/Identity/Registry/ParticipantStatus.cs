namespace Keten.Identity;

/// <summary>What <see cref="Participant.Status"/> may be.</summary>
public static class ParticipantStatus
{
    /// <summary>Takes part.</summary>
    public const string Active = "active";

    /// <summary>Known, but refused by rule R3 as caller and as target.</summary>
    public const string Suspended = "suspended";
}
