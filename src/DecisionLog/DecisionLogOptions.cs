namespace Keten.DecisionLog;

/// <summary>Settings of the decision log. Checked at start, all faults together.</summary>
public sealed class DecisionLogOptions
{
    /// <summary>Directory of this gateway's own log, on a local disk; made when missing. No two gateways share one.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Size in bytes at which a segment is sealed and the next begins: 64 KiB to 1 GiB.</summary>
    public long SegmentBytes { get; set; } = 64L << 20;

    /// <summary>Most records that may wait for the disk at one moment. Above it an append fails at once, so that a slow disk refuses instead of queueing.</summary>
    public int MaxPending { get; set; } = 16_384;

    /// <summary>Longest an append waits for the disk before it fails.</summary>
    public TimeSpan AppendTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long records are kept, and a person's key may not be destroyed without force: at least five years (NEN 7513).</summary>
    public TimeSpan Retention { get; set; } = FiveYears;

    /// <summary>Five years with two leap days among them, so never less.</summary>
    internal static readonly TimeSpan FiveYears = TimeSpan.FromDays((5 * 365) + 2);
}
