namespace Keten.Identity;

/// <summary>How others find and approach an organisation (data category <c>sociale-kaart</c>): about desks, never about a person. Empty: not told.</summary>
public sealed record OrganisationProfile
{
    public static readonly OrganisationProfile None = new();

    /// <summary>What it knows more of than others, in words people search by.</summary>
    public IReadOnlyList<string> Expertise { get; init; } = [];

    /// <summary>What it does for people.</summary>
    public string Offer { get; init; } = "";

    /// <summary>For whom.</summary>
    public string TargetGroup { get; init; } = "";

    /// <summary>Where to call about a match or a worry: desk or team.</summary>
    public string ContactDesk { get; init; } = "";

    public string ContactPhone { get; init; } = "";

    public string ContactEmail { get; init; } = "";

    /// <summary>In words, for instance <c>werkdagen 9-17</c>.</summary>
    public string OpeningHours { get; init; } = "";

    /// <summary>Answers outside these hours when it is a crisis; null: not told.</summary>
    public bool? CrisisReachable { get; init; }

    /// <summary>What it expects of those who call, and what they may expect of it.</summary>
    public string Expectations { get; init; } = "";

    /// <summary>What it signals to others and when (domain.md, section 7).</summary>
    public string SignallingPolicy { get; init; } = "";
}
