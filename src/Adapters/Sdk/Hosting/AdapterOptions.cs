using System.ComponentModel.DataAnnotations;
using Keten.Adapters.Sdk.Webhook;
using Keten.Adapters.Sdk.Witness;
using Keten.Client.Pseudonyms;
using Keten.Events;
using Keten.Identity;

namespace Keten.Adapters.Sdk.Hosting;

/// <summary>Section <c>Adapter</c> of the configuration. Checked at start, all faults together.</summary>
public sealed class AdapterOptions
{
    public const string Section = "Adapter";

    /// <summary>The organisation's own OIN; its certificate must carry it.</summary>
    [Required, StringLength(20, MinimumLength = 20)]
    public string Oin { get; set; } = "";

    /// <summary>The organisation's name as people know it; goes into its involvements.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>Organisation type of the register, for instance <c>wijkteam</c>.</summary>
    [Required]
    public string OrganisationType { get; set; } = "";

    /// <summary>Where the gateway connects, for instance <c>0.0.0.0:9443</c>. Port 0: any free one.</summary>
    [Required]
    public string Listen { get; set; } = "0.0.0.0:9443";

    /// <summary>OIN of the gateway; no other certificate may connect there.</summary>
    [Required, StringLength(20, MinimumLength = 20)]
    public string GatewayOin { get; set; } = "";

    /// <summary>Where the organisation's own case system connects with the organisation's own certificate; empty: no such listener.</summary>
    public string CaseSystemListen { get; set; } = "";

    /// <summary>Or a unix socket for it; who may open the file may call. Empty: no such listener.</summary>
    public string CaseSystemSocket { get; set; } = "";

    [Required]
    public FederationOptions Federation { get; set; } = new();

    /// <summary>The adapter's own SQLite database: outbox, inbox, disclosures. Not the organisation's database.</summary>
    [Required]
    public string Database { get; set; } = "";

    /// <summary>The broker.</summary>
    [Required]
    public EventsOptions Kafka { get; set; } = new();

    /// <summary>Where this organisation calls the gateway, for instance <c>https://gateway.keten.example:8443</c>; needed to keep copies of persons.</summary>
    public string Gateway { get; set; } = "";

    /// <summary>How long a notification stays after it arrived, once the case system has acknowledged it or the webhook delivered it. Others stay.</summary>
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long the id of a notification is known, so that a repeat has no second effect.</summary>
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Where notifications are pushed to.</summary>
    public WebhookOptions Webhook { get; set; } = new();

    /// <summary>How often a source is read again for a subscription.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The evaluators that make the pseudonyms of the organisation's clients. Absent: the host registers a source of its own.</summary>
    public PseudonymSourceOptions? Pseudonyms { get; set; }

    /// <summary>Set: this organisation countersigns the gateway's decision log.</summary>
    public WitnessOptions? Witness { get; set; }

    /// <summary>
    /// File with a random key, made when missing, by which the index knows unchanged clients again after a restart. Absent: a restart evaluates every client
    /// again, which counts against the budget. Keep it out of the database's backups.
    /// </summary>
    public string? PseudonymIndexKey { get; set; }
}
