namespace Keten.Demo;

/// <summary>A scenario that cannot be played.</summary>
public sealed class ScenarioException(string message, Exception? inner = null) : Exception(message, inner);
