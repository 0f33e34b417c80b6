namespace Keten.Identity;

/// <summary>Where a host finds its own identity and that of the others. Every file is read again while running.</summary>
public sealed class FederationOptions
{
    /// <summary>PEM file with one or more self-signed roots; nothing else is trusted, the system's store included.</summary>
    public string TrustAnchors { get; set; } = "";

    /// <summary>PEM file with certificate revocation lists: one per root, and one per intermediate authority in use.</summary>
    public string RevocationList { get; set; } = "";

    /// <summary>PEM file: the own certificate first, then its intermediates if any.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>PEM file: the unencrypted private key of <see cref="Certificate"/>.</summary>
    public string PrivateKey { get; set; } = "";

    /// <summary>Path of participants.yaml; null for a host that keeps no registry, such as an adapter.</summary>
    public string? Participants { get; set; }

    /// <summary>How often the files are looked at; 100 ms to 1 minute. A revocation takes effect within this time.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The organisation types a participant may have: by default the fifteen of the register that take part.</summary>
    public IReadOnlyCollection<string> OrganisationTypes { get; set; } = Identity.OrganisationTypes.Known;
}
