namespace Keten.Identity;

/// <summary>Claims of a participant, beside <c>NameIdentifier</c> (the OIN) and <c>Name</c> (the organisation).</summary>
public static class FederationClaims
{
    /// <summary>The OIN that the certificate proves.</summary>
    public const string Oin = "oin";

    /// <summary>Organisation type in the registry; absent in a host without one.</summary>
    public const string OrganisationType = "organisation_type";

    /// <summary>Status in the registry; absent in a host without one.</summary>
    public const string Status = "status";

    /// <summary>SHA-256 of the certificate, lower-case hex.</summary>
    public const string Thumbprint = "x5t_sha256";
}
