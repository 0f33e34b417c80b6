namespace Keten.Adapters.Sdk.Storage;

/// <summary>Tables of one part of the adapter. Register one in the services before the store is opened; the store brings them up to date.</summary>
/// <param name="Component">Name of the part, for instance <c>disclosures</c>.</param>
/// <param name="Migrations">SQL scripts in order; the number of scripts is the version. Add to the end, change none.</param>
public sealed record AdapterSchema(string Component, IReadOnlyList<string> Migrations);
