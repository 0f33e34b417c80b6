using System.ComponentModel.DataAnnotations;
using Keten.Events;
using Keten.DecisionLog;
using Keten.Gateway.Management.Access;
using Keten.Identity;

namespace Keten.Gateway;

/// <summary>Section <c>Gateway</c> of the configuration. Checked at start, all faults together.</summary>
public sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>Address and port participants connect to, for instance <c>0.0.0.0:8443</c>. Port 0: any free one.</summary>
    [Required]
    public string Listen { get; set; } = "0.0.0.0:8443";

    /// <summary>Health, the active policy, and AuthZEN. On loopback plain HTTP; on any other address mTLS, for participants and operators.</summary>
    [Required]
    public string ManagementListen { get; set; } = "127.0.0.1:8444";

    /// <summary>Who may do more there than ask for their own organisation. Matters only when it is not on loopback.</summary>
    public IReadOnlyList<OperatorOptions> Operators { get; set; } = [];

    /// <summary>Trust anchors, CRL, own certificate and key, participant registry.</summary>
    [Required]
    public FederationOptions Federation { get; set; } = new();

    /// <summary>Where and how the decision log is kept.</summary>
    [Required]
    public DecisionLogOptions DecisionLog { get; set; } = new();

    /// <summary>The broker.</summary>
    [Required]
    public EventsOptions Kafka { get; set; } = new();

    /// <summary>How far ahead of this gateway's clock the times of a reported involvement may be; a later one is refused.</summary>
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromMinutes(5);
}
