namespace Keten.Policy;

/// <summary>The policy gave no usable answer. Whoever asked denies.</summary>
public sealed class PolicyUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
