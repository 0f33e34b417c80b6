namespace Keten.PolicyTools;

/// <summary>What was given cannot be used. The message names the file and line, what is wrong and what was expected.</summary>
public sealed class ToolException(string message, Exception? inner = null) : Exception(message, inner);
