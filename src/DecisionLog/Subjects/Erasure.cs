namespace Keten.DecisionLog.Subjects;

/// <summary>What became of a request to erase a person.</summary>
/// <param name="Keys">How many keys were destroyed; 0 when there was none.</param>
/// <param name="KeepUntil">Set when it was refused: until then the records must be kept.</param>
internal sealed record Erasure(int Keys, DateTimeOffset? KeepUntil = null);
