using Keten.Contracts.Identifiers;

namespace Keten.Identity;

/// <summary>An organisation in the federation, as <c>participants.yaml</c> lists it.</summary>
public sealed record Participant
{
    public required Oin Oin { get; init; }

    public required string Name { get; init; }

    /// <summary>Organisation type of the register, for instance <c>wijkteam</c>.</summary>
    public required string OrganisationType { get; init; }

    public string Region { get; init; } = "";

    /// <summary>Where its adapter answers, https; null: it only asks.</summary>
    public Uri? Adapter { get; init; }

    /// <summary><c>active</c> or <c>suspended</c>.</summary>
    public required string Status { get; init; }

    /// <summary>SHA-256 of the certificate's public key (SPKI), lower-case hex; empty: any certificate of the federation with this OIN.</summary>
    public IReadOnlyList<string> Pins { get; init; } = [];

    /// <summary>How others find and approach it.</summary>
    public OrganisationProfile Profile { get; init; } = OrganisationProfile.None;
}
