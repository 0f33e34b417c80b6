namespace Keten.Adapters.Sdk.Mapping;

/// <summary>One fault in a mapping file.</summary>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Key">Path of keys to the place, for instance <c>person.columns.gender</c>.</param>
/// <param name="Message">What is wrong and what was expected.</param>
public sealed record MappingFault(int Line, string Key, string Message);
