using Keten.DecisionLog;
using Keten.LogTools.Index;
using Keten.LogTools.Query;

namespace Keten.LogTools.Reconcile;

/// <summary>The log of one gateway replica, with an index to find decisions by.</summary>
/// <param name="Directory">Its directory.</param>
/// <param name="Index">Its index.</param>
/// <param name="First">When its first record that is kept was made.</param>
/// <param name="Last">When its last record was made, at the moment the index was brought up to date.</param>
public sealed record GatewayRecord(string Directory, CallIndex Index, DateTimeOffset First, DateTimeOffset Last)
{
    /// <summary>Reads from when to when the log reaches.</summary>
    /// <exception cref="DecisionLogCorruptedException">A record is damaged or missing.</exception>
    public static GatewayRecord Of(string directory, CallIndex index)
    {
        var first = DecisionLogReader.ReadEntries(directory).First();
        var last = Follow.LogEnd.Read(directory, 1)[0];
        return new GatewayRecord(directory, index, MomentOf(first), MomentOf(last));
    }

    private static DateTimeOffset MomentOf(DecisionLogEntry entry) => entry.Record.RecordedAt?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch;
}
