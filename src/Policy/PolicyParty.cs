namespace Keten.Policy;

/// <summary>An organisation as the participant registry knows it.</summary>
/// <param name="Oin">Its identity; empty for the gateway itself.</param>
/// <param name="OrganisationType">Type of the register, for instance <c>wijkteam</c>; <c>gateway</c> for the index.</param>
/// <param name="Status"><c>active</c>, or what the registry says.</param>
public sealed record PolicyParty(string Oin, string OrganisationType, string Status)
{
    /// <summary>The gateway as target: the index of involvements and the expertise directory.</summary>
    public static PolicyParty Gateway { get; } = new("", "gateway", "active");
}
