using Keten.Contracts.Identifiers;

namespace Keten.Events;

/// <summary>Consumer groups: the marks of who has finished with what.</summary>
public static class ConsumerGroups
{
    /// <summary>The gateways that decide on reports.</summary>
    public const string Intake = "keten-intake";

    /// <summary>The gateways that tell of matches.</summary>
    public const string Matcher = "keten-matcher";

    /// <summary>All groups of the gateways.</summary>
    public static IReadOnlyList<string> Gateway { get; } = [Intake, Matcher];

    /// <summary>A participant's adapter. It commits nothing here: its inbox knows where it is.</summary>
    public static string Adapter(Oin oin) => "adapter-" + oin.Value;
}
