namespace Keten.Identity;

/// <summary>In which role a certificate is shown, and so which extended key usage it must carry.</summary>
public enum CertificateUse
{
    /// <summary>Any: the own certificate, which may serve both.</summary>
    Any,

    /// <summary>clientAuth, 1.3.6.1.5.5.7.3.2.</summary>
    Client,

    /// <summary>serverAuth, 1.3.6.1.5.5.7.3.1.</summary>
    Server,
}
