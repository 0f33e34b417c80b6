using System.Security.Cryptography.X509Certificates;
using Keten.Contracts.Identifiers;
using Microsoft.Extensions.Primitives;

namespace Keten.Identity;

/// <summary>Whom this host believes: the federation's roots and revocation lists, now. Safe for use by many threads.</summary>
public sealed class FederationTrust
{
    private readonly ReloadSignal _signal = new();
    private readonly TimeProvider _time;
    private volatile TrustMaterial? _material;

    internal FederationTrust(TimeProvider time) => _time = time;

    /// <summary>The rules of the federation on one certificate. Never throws on its content and never goes to the network.</summary>
    /// <param name="leaf">The certificate shown.</param>
    /// <param name="intermediates">Authorities shown beside it; only used to build the chain.</param>
    /// <param name="use">The role it was shown in.</param>
    public CertificateVerdict Validate(X509Certificate2 leaf, IEnumerable<X509Certificate2>? intermediates = null, CertificateUse use = CertificateUse.Client)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        return CertificateJudge.Judge(Material, leaf, intermediates ?? [], use, _time.GetUtcNow());
    }

    /// <summary>Fires once when roots or lists have changed; ask again for the next change.</summary>
    public IChangeToken GetReloadToken() => _signal.Token;

    /// <summary>
    /// A handler for calls to other participants: shows the own certificate, TLS 1.2 or newer, accepts only servers of the federation. Dispose it
    /// when done. The host name is not checked: the OIN in the certificate is the identity.
    /// </summary>
    /// <param name="expectedServer">The participant called. Null accepts every participant: only where the answer does not depend on who gives it.</param>
    public SocketsHttpHandler CreateHandler(Oin? expectedServer)
    {
        var handler = new SocketsHttpHandler();
        ConfigureHandler(handler, expectedServer);
        return handler;
    }

    /// <summary>As <see cref="CreateHandler"/>, for a handler that another library makes.</summary>
    public void ConfigureHandler(SocketsHttpHandler handler, Oin? expectedServer) =>
        (Outgoing ?? throw new InvalidOperationException("This trust has no own certificate to show.")).Configure(handler, expectedServer);

    /// <summary>The certificate this host shows.</summary>
    public OwnCertificate Own => Outgoing?.Own ?? throw new InvalidOperationException("This trust has no own certificate.");

    internal OutgoingTls? Outgoing { get; set; }

    internal TrustMaterial Material => _material ?? throw new InvalidOperationException("The trust material was not loaded.");

    /// <summary>For the platform's own look at a certificate, before ours: keeps it from the system's store and from the network.</summary>
    internal X509ChainPolicy Policy(CertificateUse use) => Material.Policy(_time.GetUtcNow(), use);

    internal void Replace(TrustMaterial material)
    {
        _material = material;
        _signal.Fire();
    }
}
