namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>Who to call when a report names nobody: the organisation's match desk.</summary>
public sealed class ContactDefaults
{
    /// <summary>Name of the desk or team.</summary>
    public string? Desk { get; set; }

    public string? Phone { get; set; }

    public string? Email { get; set; }
}
