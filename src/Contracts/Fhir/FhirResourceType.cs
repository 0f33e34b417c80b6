using Keten.Contracts.Identifiers;

namespace Keten.Contracts.Fhir;

/// <summary>A resource type and the gRPC operation it is another form of. The policy decides on the operation; it does not know of FHIR.</summary>
/// <param name="Name">R4 name, for instance <c>Patient</c>.</param>
/// <param name="OperationPath">Path in the operation catalogue: category, action and fields are those of this operation.</param>
/// <param name="Parameters">All search parameters; any other is refused.</param>
public sealed record FhirResourceType(string Name, string OperationPath, IReadOnlyList<FhirParameter> Parameters)
{
    /// <summary>Answered by the gateway itself, at its own OIN; otherwise by the adapters.</summary>
    public bool OfGateway { get; init; }

    /// <summary>About organisations and no person: the id is the OIN, and identifiers may stand in a URL.</summary>
    public bool OfOrganisations { get; init; }

    /// <summary>Of the form of this type's ids.</summary>
    public bool IsId(string text) => OfOrganisations ? Oin.TryParse(text, out _) : FhirId.IsValid(text);
}
