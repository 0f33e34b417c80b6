namespace Keten.Adapters.Sdk.Ports;

/// <summary>Facts for the policy that only this organisation has (domain.md section 5): they narrow, never widen.</summary>
public interface IPersonFactsSource
{
    /// <summary>What is known of the client; <see cref="PersonFacts.Unknown"/> when nothing is.</summary>
    Task<PersonFacts> GetAsync(string clientId, CancellationToken cancellationToken);
}

/// <summary>Null means this organisation does not know, and then the caller's assertion stands.</summary>
public sealed record PersonFacts
{
    public static PersonFacts Unknown { get; } = new();

    public bool? SecretAddress { get; init; }

    /// <summary>Inspection restricted by the holder (UAVG 41).</summary>
    public bool? InspectionRestricted { get; init; }

    /// <summary>A child of 12 to 15 objects to a representative reading along.</summary>
    public bool? ChildObjects { get; init; }

    public DateOnly? BirthDate { get; init; }

    /// <summary><c>given</c>, <c>refused</c>, <c>withdrawn</c> or <c>none</c>.</summary>
    public string? Consent { get; init; }

    /// <summary>States of the register this organisation knows for sure, for instance <c>measure_active</c>.</summary>
    public IReadOnlyDictionary<string, bool> States { get; init; } = new Dictionary<string, bool>();
}
