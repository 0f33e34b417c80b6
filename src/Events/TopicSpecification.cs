using System.Globalization;

namespace Keten.Events;

/// <summary>A topic that should exist.</summary>
/// <param name="Name">Name.</param>
/// <param name="Partitions">Number of partitions; never changed afterwards, because keys would move.</param>
/// <param name="Compacted">Keeps the last record of every key for ever; otherwise records expire.</param>
/// <param name="Replication">Copies, each on a broker of its own. With 1, «acknowledged by all replicas» means by one disk.</param>
public sealed record TopicSpecification(string Name, int Partitions, bool Compacted, int Replication = TopicSpecification.SafeReplication)
{
    /// <summary>A broker may be lost while another restarts, and nothing that was acknowledged is.</summary>
    public const int SafeReplication = 3;

    private const string MinInSync = "min.insync.replicas";

    // Long enough that a consumer which was away sees every step of an involvement, not only the last.
    internal static readonly TimeSpan CompactionLag = TimeSpan.FromDays(7);

    // What was replaced or forgotten is gone soon after: the index keeps nothing longer than it says.
    private static readonly TimeSpan LongestCompactionLag = TimeSpan.FromDays(8);

    // Notifications and dead letters: how long an adapter, or people, may be away.
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    /// <summary>The topic's own settings at the broker; what is not here is the broker's.</summary>
    public IReadOnlyDictionary<string, string> Settings => Compacted
        ? new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact",
            ["min.compaction.lag.ms"] = Milliseconds(CompactionLag),
            ["max.compaction.lag.ms"] = Milliseconds(LongestCompactionLag),
            [MinInSync] = LeastInSync,
        }
        : new Dictionary<string, string> { ["cleanup.policy"] = "delete", ["retention.ms"] = Milliseconds(Retention), [MinInSync] = LeastInSync };

    // How many copies have a record before it is acknowledged: with two of three, writing goes on when one is away.
    private string LeastInSync => Replication >= SafeReplication ? "2" : "1";

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);
}
