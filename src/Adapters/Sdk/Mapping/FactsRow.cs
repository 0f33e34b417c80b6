using Keten.Adapters.Sdk.Ports;

namespace Keten.Adapters.Sdk.Mapping;

/// <summary>Facts while they are being read.</summary>
internal sealed class FactsRow
{
    public bool? SecretAddress { get; set; }

    public bool? InspectionRestricted { get; set; }

    public bool? ChildObjects { get; set; }

    public DateOnly? BirthDate { get; set; }

    public string? Consent { get; set; }

    public Dictionary<string, bool> States { get; } = new(StringComparer.Ordinal);

    public PersonFacts ToFacts() => new()
    {
        SecretAddress = SecretAddress,
        InspectionRestricted = InspectionRestricted,
        ChildObjects = ChildObjects,
        BirthDate = BirthDate,
        Consent = Consent,
        States = States,
    };
}
