namespace Keten.DecisionLog.Checkpoints;

/// <summary>A key file is missing, broken or readable by others. The message names file, fault and remedy, and nothing of the key.</summary>
public sealed class NoteKeyException(string message, Exception? inner = null) : Exception(message, inner);
