namespace Keten.Gateway.Management.AuthZen;

/// <summary>The request is no AuthZEN request. The message names the place and what was expected, never what was sent.</summary>
internal sealed class AuthZenFaultException(string message, int status = StatusCodes.Status400BadRequest) : Exception(message)
{
    public int Status { get; } = status;
}
