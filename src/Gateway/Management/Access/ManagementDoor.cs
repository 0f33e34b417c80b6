namespace Keten.Gateway.Management.Access;

/// <summary>A connection that came in at the management listener; set on the connection, so that the data port's services are never reached from it.</summary>
/// <param name="IsTls">False: plain HTTP on loopback.</param>
internal sealed record ManagementDoor(bool IsTls);
