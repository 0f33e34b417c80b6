namespace Keten.Bench.Chaos;

/// <summary>What came of it. All is well when nothing is lost, doubled or undue.</summary>
public sealed record ChaosReport
{
    public required int Kills { get; init; }

    /// <summary>Reports that an adapter had taken.</summary>
    public required long Events { get; init; }

    /// <summary>Notifications of matches, changes and ends that were due; how many came.</summary>
    public required long Due { get; init; }

    public required long Delivered { get; init; }

    /// <summary>Due notifications that did not come, and reports the gateway never answered.</summary>
    public required long Lost { get; init; }

    /// <summary>Notifications that came once more.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Notifications nobody should have had.</summary>
    public required long Undue { get; init; }

    /// <summary>Reports the policy refused; none should be.</summary>
    public required long Refused { get; init; }

    /// <summary>Records that cannot be read, written into the participants' topics, and those of them among the dead letters.</summary>
    public required long Poison { get; init; }

    public required long PoisonSetAside { get; init; }

    public required double OutageSeconds { get; init; }

    public required long ProduceErrors { get; init; }

    public required int Gateways { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The first few of each that went wrong.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    public bool Fine => Lost == 0 && Duplicates == 0 && Undue == 0 && Refused == 0 && PoisonSetAside >= Poison;
}
