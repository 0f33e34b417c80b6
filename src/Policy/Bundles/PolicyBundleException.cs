namespace Keten.Policy;

/// <summary>A bundle cannot be used. The message names the bundle, what is wrong and what was expected.</summary>
public sealed class PolicyBundleException(string message, Exception? inner = null) : Exception(message, inner);
