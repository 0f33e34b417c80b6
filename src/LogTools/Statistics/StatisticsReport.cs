namespace Keten.LogTools.Statistics;

/// <summary>What was counted.</summary>
/// <param name="All">Everything together.</param>
/// <param name="Groups">Each group, most calls first.</param>
/// <param name="Reasons">Why calls were refused or failed, most first.</param>
public sealed record StatisticsReport(CallFigures All, IReadOnlyList<CallFigures> Groups, IReadOnlyList<ReasonCount> Reasons);
