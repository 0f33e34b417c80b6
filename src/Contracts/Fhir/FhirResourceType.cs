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

    /// <summary>The operation behind <c>PUT Type/id</c>; null when the service takes no changes.</summary>
    public string? UpdatePath { get; init; }

    /// <summary>What <see cref="FhirNames.FragmentHeader"/> calls the update.</summary>
    public string UpdateName => Name + ".update";

    /// <summary>The elements <c>_elements</c> may name, each with the fields it is made of. None: <c>_elements</c> and <c>_summary=true</c> are not offered.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Elements { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Those of the elements that R4 marks as summary.</summary>
    public IReadOnlyList<string> SummaryElements { get; init; } = [];

    /// <summary>Fields of the elements R4 requires: asked whatever else is.</summary>
    public IReadOnlyList<string> RequiredFields { get; init; } = [];

    /// <summary>What may be included in a search of this type.</summary>
    public IReadOnlyList<FhirInclude> Includes { get; init; } = [];
}
