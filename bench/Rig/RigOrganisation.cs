using Keten.Contracts.Identifiers;

namespace Keten.Bench.Rig;

/// <summary>An organisation that takes part in the rig.</summary>
/// <param name="Type">Organisation type of the register.</param>
/// <param name="Role">A role of that type that may report involvements with young people.</param>
/// <param name="Oin">Its OIN.</param>
public sealed record RigOrganisation(string Type, string Role, Oin Oin)
{
    /// <summary>Four whose visibility of each other is not the same in all directions: the police learn nothing of health.</summary>
    public static IReadOnlyList<RigOrganisation> Four { get; } =
    [
        new("veilig-thuis", "onderzoeker", Oin.Parse("00000099000000007001")),
        new("wijkteam", "jeugdprofessional", Oin.Parse("00000099000000007002")),
        new("politie", "wijkagent", Oin.Parse("00000099000000007003")),
        new("ggd", "jeugdverpleegkundige", Oin.Parse("00000099000000007004")),
    ];
}
