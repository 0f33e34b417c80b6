namespace Keten.LogTools.Export;

/// <summary>What was exported.</summary>
/// <param name="LogId">The log; null when it holds nothing yet.</param>
/// <param name="Last">Index of the last record: where to go on after. What was asked for when there was nothing new.</param>
/// <param name="Records">Lines written.</param>
/// <param name="Covered">Of those, how many carry the checkpoint over them.</param>
public sealed record ExportReport(Guid? LogId, long Last, long Records, long Covered);
