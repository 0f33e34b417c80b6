using System.Security.Cryptography.X509Certificates;
using Keten.Contracts;
using Keten.Contracts.Identifiers;

namespace Keten.Client;

/// <summary>Where the gateway is and who we are.</summary>
public sealed record KetenClientOptions
{
    /// <summary>For instance <c>https://gateway.keten.example:8443</c>.</summary>
    public required Uri Gateway { get; init; }

    /// <summary>OIN the gateway's certificate must carry: the identity is the OIN, not the host name.</summary>
    public required Oin GatewayOin { get; init; }

    /// <summary>The federation's roots; no other authority is trusted.</summary>
    public required X509Certificate2Collection TrustAnchors { get; init; }

    /// <summary>This organisation's certificate, with private key.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>How long a call may take when it does not say so itself.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Obligations your system can honour, by id (<c>delete-after</c> without its days). Data that comes with any other obligation is not handed out.
    /// </summary>
    public IReadOnlyCollection<string> Obligations { get; init; } = ObligationIds.All;
}
