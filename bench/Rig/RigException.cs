namespace Keten.Bench.Rig;

/// <summary>The processes of a measurement did not come up or did not get done; the message says which and why.</summary>
public sealed class RigException(string message) : Exception(message);
