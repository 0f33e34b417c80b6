namespace Keten.Events.Operation;

/// <summary>A consumer group whose marks were to be set has members at work.</summary>
public sealed class GroupAtWorkException(string group)
    : Exception($"the group {group} is at work, or did not let us in within 15 s: stop its gateways first (a gateway that was killed leaves after its session timeout)");
