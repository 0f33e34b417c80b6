namespace Keten.Pseudonyms;

/// <summary>A file of keys, statements or refreshes is missing, broken or does not fit. The message names file, fault and remedy, and never a secret.</summary>
public sealed class KeyFileException(string message, Exception? inner = null) : Exception(message, inner);
