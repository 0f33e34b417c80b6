namespace Keten.Identity;

/// <summary>Why a certificate or its connection is refused: stable codes for the log. Callers only ever see the codes of the refusals.</summary>
public static class CertificateFaults
{
    /// <summary>None was shown.</summary>
    public const string Missing = "CERTIFICATE_MISSING";

    /// <summary>What came is no TLS handshake.</summary>
    public const string NoHandshake = "HANDSHAKE_MALFORMED";

    /// <summary>Does not chain to a root of this federation.</summary>
    public const string Untrusted = "CERTIFICATE_UNTRUSTED";

    /// <summary>It, or an authority above it, has expired.</summary>
    public const string Expired = "CERTIFICATE_EXPIRED";

    /// <summary>It, or an authority above it, is not valid yet; often a clock that runs behind.</summary>
    public const string NotYetValid = "CERTIFICATE_NOT_YET_VALID";

    /// <summary>The extended key usage does not name this use.</summary>
    public const string WrongUse = "CERTIFICATE_WRONG_USE";

    /// <summary>It, or an authority above it, is on the revocation list.</summary>
    public const string Revoked = "CERTIFICATE_REVOKED";

    /// <summary>There is no revocation list, signed by its issuer, that could clear it.</summary>
    public const string RevocationUnknown = "REVOCATION_LIST_MISSING";

    /// <summary>The revocation list is past its next update.</summary>
    public const string RevocationExpired = "REVOCATION_LIST_EXPIRED";

    /// <summary>The subject has no, more than one, or no valid OIN in <c>serialNumber</c>.</summary>
    public const string WithoutOin = "CERTIFICATE_WITHOUT_OIN";

    /// <summary>It cannot be read.</summary>
    public const string Malformed = "CERTIFICATE_MALFORMED";

    /// <summary>Valid, but not of one whom this listener accepts.</summary>
    public const string NotAcceptedHere = "CERTIFICATE_NOT_ACCEPTED_HERE";

    /// <summary>The server is valid, but not the participant that was called.</summary>
    public const string OtherServer = "SERVER_OIN_MISMATCH";
}
