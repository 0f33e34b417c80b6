using Keten.Identity;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Keten.Gateway.Routing;

/// <summary>
/// YARP's view of the participants: one catch-all route, and a cluster per participant with an adapter, named by its OIN. Follows the registry.
/// </summary>
internal sealed class ParticipantProxyConfig(IParticipantRegistry participants) : IProxyConfigProvider
{
    /// <summary>The route's own cluster; never forwarded to. Every call is reassigned to its target's.</summary>
    private const string Unassigned = "unassigned";

    // An open subscription may be silent for long; the deadline and the subscription limit end it, not silence.
    private static readonly ForwarderRequestConfig Grpc = new()
    {
        Version = System.Net.HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        ActivityTimeout = TimeSpan.FromHours(1),
    };

    // A lone adapter is always tried: refusing to try it would make a short failure longer. Health steers between replicas and is shown on metrics.
    private static readonly HealthCheckConfig Health = new()
    {
        AvailableDestinationsPolicy = "HealthyOrPanic",
        Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = "TransportFailureRate", ReactivationPeriod = TimeSpan.FromSeconds(5) },
        Active = new ActiveHealthCheckConfig
        {
            Enabled = true, Policy = "ConsecutiveFailures", Path = "/healthz", Interval = TimeSpan.FromSeconds(15), Timeout = TimeSpan.FromSeconds(2),
        },
    };

    private static readonly RouteConfig[] Routes =
        [new() { RouteId = "grpc", ClusterId = Unassigned, Match = new RouteMatch { Path = "/{**path}" } }];

    public IProxyConfig GetConfig()
    {
        // The token first: a change in between is then seen as one more change, not lost.
        var changed = participants.GetReloadToken();
        return new Snapshot(Routes, [new ClusterConfig { ClusterId = Unassigned }, .. participants.All.Where(p => p.Adapter is not null).Select(Cluster)], changed);
    }

    private static ClusterConfig Cluster(Participant participant) => new()
    {
        ClusterId = participant.Oin.Value,
        HttpRequest = Grpc,
        HealthCheck = Health,
        Destinations = new Dictionary<string, DestinationConfig> { ["adapter"] = new() { Address = participant.Adapter!.ToString() } },
    };

    private sealed record Snapshot(IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters, IChangeToken ChangeToken) : IProxyConfig;
}
