namespace Keten.Cli.Involvement;

/// <summary>The command cannot do what it was asked. The message is for the person at the keyboard: what is wrong, and the way out; never a value of a row.</summary>
internal sealed class InvolvementException(string message) : Exception(message);
