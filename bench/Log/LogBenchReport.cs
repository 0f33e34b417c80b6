namespace Keten.Bench.Log;

/// <summary>What was measured. Everything together on one machine: the numbers say how they compare, not what yours will do.</summary>
public sealed record LogBenchReport
{
    public required IReadOnlyList<AppendReport> Appends { get; init; }

    /// <summary>Empty when it was not asked for.</summary>
    public required IReadOnlyList<GatewayReport> Gateways { get; init; }

    /// <summary>Records of the log that was verified: decisions and outcomes, half of each.</summary>
    public required long Records { get; init; }

    /// <summary>Bytes of segments for each; with tree and keys.</summary>
    public required double BytesPerRecord { get; init; }

    public required double BytesPerRecordWithTree { get; init; }

    /// <summary>Written with 64 writers, each record durable; before the tree is laid.</summary>
    public required long WrittenPerSecond { get; init; }

    /// <summary>Verified: every frame, leaf and tile, and the signed root.</summary>
    public required long VerifiedPerSecond { get; init; }

    /// <summary>Most memory the verification had beyond what there was before, in MB.</summary>
    public required double VerifyMegabytes { get; init; }

    /// <summary>Calls a second that a query without an index looks at.</summary>
    public required long ScannedPerSecond { get; init; }
}
