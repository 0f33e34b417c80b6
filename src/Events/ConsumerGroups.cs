using Keten.Contracts.Identifiers;

namespace Keten.Events;

/// <summary>Consumer groups: the marks of who has finished with what.</summary>
public static class ConsumerGroups
{
    /// <summary>The gateways that decide on reports.</summary>
    public const string Intake = "keten-intake";

    /// <summary>The gateways that tell of matches.</summary>
    public const string Matcher = "keten-matcher";

    /// <summary>Reads the whole view; keeps no mark, but a broker asks every reader for a group.</summary>
    public const string View = "gateway-view";

    /// <summary>Reads a partition again for the matcher; keeps no mark.</summary>
    public const string Rematch = "gateway-rematch";

    /// <summary>The operator's tools; keeps no mark.</summary>
    public const string Tools = "keten-events";

    /// <summary>Who watches the decision logs.</summary>
    public const string Audit = "keten-audit";

    /// <summary>The groups of the gateways that keep marks.</summary>
    public static IReadOnlyList<string> Marking { get; } = [Intake, Matcher];

    /// <summary>All groups of the gateways.</summary>
    public static IReadOnlyList<string> Gateway { get; } = [Intake, Matcher, View, Rematch];

    /// <summary>A participant's adapter. It commits nothing here: its inbox knows where it is.</summary>
    public static string Adapter(Oin oin) => "adapter-" + oin.Value;
}
