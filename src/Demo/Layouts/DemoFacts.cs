namespace Keten.Demo.Layouts;

/// <summary>Facts for the policy. Null: the organisation does not know.</summary>
public sealed record DemoFacts
{
    /// <summary>Null: as <c>naw</c> says.</summary>
    public bool? SecretAddress { get; init; }

    public bool? InspectionRestricted { get; init; }

    public bool? ChildObjects { get; init; }

    /// <summary>Null: as <c>naw</c> says.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary><c>given</c>, <c>refused</c>, <c>withdrawn</c> or <c>none</c>.</summary>
    public string? Consent { get; init; }

    /// <summary>States of the purpose register, by name.</summary>
    public IReadOnlyDictionary<string, bool> States { get; init; } = new Dictionary<string, bool>();

    /// <summary>Tells nothing about anybody.</summary>
    public override string ToString() => nameof(DemoFacts);
}
