namespace Keten.Cli;

/// <summary>A command cannot do what it was asked. The message is for the person at the keyboard: what is wrong, and the way out; never personal data.</summary>
internal sealed class CliException(string message) : Exception(message);
