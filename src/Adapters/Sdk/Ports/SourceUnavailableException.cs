namespace Keten.Adapters.Sdk.Ports;

/// <summary>
/// The organisation's own system gave no usable answer: it is down, too slow, refuses, or holds a value that must not be guessed at. Whoever asked
/// answers <c>UNAVAILABLE</c> and discloses nothing. The message names the source and a code; it never carries a statement, a value or an id, and there
/// is no inner exception, because drivers put values into theirs.
/// </summary>
public sealed class SourceUnavailableException : Exception
{
    /// <param name="port">Which source: <c>clients</c>, <c>person</c>, <c>household</c>, <c>involvement</c>, <c>plan</c>, <c>crisis_intake</c>, <c>facts</c>,
    /// <c>database</c> or <c>server</c>.</param>
    /// <param name="code">Why, as a stable code: the driver's own (<c>SQLSTATE 57P01</c>, <c>SQLITE 14</c>, <c>HTTP 503</c>) or <c>timeout</c>, <c>network</c>, <c>value</c>.</param>
    /// <param name="detail">What an operator can do about it; names from the configuration only.</param>
    public SourceUnavailableException(string port, string code, string detail)
        : base($"The source '{port}' gave no usable answer ({code}): {detail}")
    {
        Port = port;
        Code = code;
    }

    /// <summary>Which source.</summary>
    public string Port { get; }

    /// <summary>Why, as a stable code.</summary>
    public string Code { get; }
}
