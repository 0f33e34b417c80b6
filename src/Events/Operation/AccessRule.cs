using Keten.Contracts.Identifiers;

namespace Keten.Events.Operation;

/// <summary>Something one principal may do with one resource of the broker.</summary>
/// <param name="Who">Whose certificate.</param>
/// <param name="Resource"><c>topic</c> or <c>group</c>.</param>
/// <param name="Name">Name of the resource.</param>
/// <param name="Operations">As Kafka names them: Read, Write, Describe.</param>
public sealed record AccessRule(Oin Who, string Resource, string Name, IReadOnlyList<string> Operations);
