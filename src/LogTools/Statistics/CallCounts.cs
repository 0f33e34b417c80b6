using Keten.LogTools.Query;

namespace Keten.LogTools.Statistics;

/// <summary>Calls of one group, counted.</summary>
internal sealed class CallCounts
{
    private readonly DurationHistogram _durations = new();

    public long Allowed { get; private set; }

    public long Refused { get; private set; }

    public long Failed { get; private set; }

    public long BreakGlass { get; private set; }

    /// <summary>Permitted, their end not on the log.</summary>
    public long Open { get; private set; }

    public long Total => Allowed + Refused + Failed;

    public DurationHistogram Durations => _durations;

    public void Add(LoggedCall call)
    {
        switch (call.Standing)
        {
            case CallStanding.Allowed:
                Allowed++;
                break;
            case CallStanding.Refused:
                Refused++;
                break;
            default:
                Failed++;
                break;
        }

        BreakGlass += call.Decided.BreakGlass ? 1 : 0;
        Open += call.IsOpen ? 1 : 0;
        if (call.Ended is { } ended)
        {
            _durations.Add(ended.DurationMicroseconds);
        }
    }
}
