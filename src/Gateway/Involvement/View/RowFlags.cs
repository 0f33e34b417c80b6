namespace Keten.Gateway.Involvement.View;

/// <summary>The yes-or-no parts of an involvement.</summary>
[Flags]
internal enum RowFlags
{
    None = 0,
    Active = 1,

    /// <summary>Nobody learns of it (M4).</summary>
    Shielded = 1 << 1,
    Invitation = 1 << 2,
    Convener = 1 << 3,

    /// <summary>Its organisation was told that it ends soon.</summary>
    Reminded = 1 << 4,

    /// <summary>It was passed on that nobody has the lead.</summary>
    LeadEscalated = 1 << 5,

    /// <summary>Ended by the gateway; the reason is in the row.</summary>
    Retired = 1 << 6,

    /// <summary>What the gateway adds to a version, and what stays of it.</summary>
    Marks = Reminded | LeadEscalated | Retired,

    /// <summary>Looked at; there was nothing to pass on. Of this replica only.</summary>
    LeadChecked = 1 << 7,

    /// <summary>The id is text, not a UUID.</summary>
    TextId = 1 << 8,

    /// <summary>The details hold the id too.</summary>
    IdInDetails = 1 << 9,

    LeadKnown = 1 << 10,
    Lead = 1 << 11,
    StatusActive = 1 << 12,
    StatusEnded = 1 << 13,

    /// <summary>Nothing is held but that it was forgotten, and at which version, so that nothing older brings it back.</summary>
    Forgotten = 1 << 14,
}
