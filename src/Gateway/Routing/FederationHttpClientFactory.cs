using Keten.Contracts.Identifiers;
using Keten.Identity;
using Yarp.ReverseProxy.Forwarder;

namespace Keten.Gateway.Routing;

/// <summary>mTLS to each adapter: our certificate, and theirs must be of the federation and carry the OIN the cluster is named by.</summary>
internal sealed class FederationHttpClientFactory(FederationTrust trust) : ForwarderHttpClientFactory
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        trust.ConfigureHandler(handler, Oin.TryParse(context.ClusterId, out var oin) ? oin : null);
    }
}
