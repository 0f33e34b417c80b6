namespace Keten.Contracts.Fhir;

/// <summary>A resource type and the gRPC operation it is another form of. The policy decides on the operation; it does not know of FHIR.</summary>
/// <param name="Name">R4 name, for instance <c>Patient</c>.</param>
/// <param name="OperationPath">Path in the operation catalogue: category, action and fields are those of this operation.</param>
/// <param name="Parameters">All search parameters; any other is refused.</param>
public sealed record FhirResourceType(string Name, string OperationPath, IReadOnlyList<FhirParameter> Parameters);
