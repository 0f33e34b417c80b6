using Keten.DecisionLog.Retention;

namespace Keten.DecisionLog.Tests.Retention;

internal static class SegmentRetirementExtensions
{
    /// <summary>Deletes what is older, without a record of it: for logs nobody verifies.</summary>
    public static int Retire(this SegmentRetirement retirement, DateTimeOffset olderThan) => retirement.Retire(retirement.FirstKept(olderThan));
}
