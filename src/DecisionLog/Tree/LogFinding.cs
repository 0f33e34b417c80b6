namespace Keten.DecisionLog.Tree;

/// <summary>Something that is wrong with a log.</summary>
/// <param name="What">In one word.</param>
/// <param name="Text">In one sentence, for people.</param>
/// <param name="File">Where.</param>
/// <param name="Offset">Byte in that file; null when it is the file as a whole.</param>
/// <param name="Index">The first record concerned; null when that cannot be known.</param>
public sealed record LogFinding(LogDamage What, string Text, string? File = null, long? Offset = null, long? Index = null);
