using Keten.Adapters.Sdk.Webhook;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>An adapter's side of the involvement exchange.</summary>
public sealed class InvolvementExchangeOptions
{
    /// <summary>File of the adapter's own SQLite database. Used when no <c>AdapterStore</c> is registered before.</summary>
    public string DatabasePath { get; set; } = "";

    /// <summary>The organisation's OIN.</summary>
    public string Oin { get; set; } = "";

    /// <summary>Its name as people know it.</summary>
    public string OrganisationName { get; set; } = "";

    /// <summary>Type of the register, for instance <c>wijkteam</c>.</summary>
    public string OrganisationType { get; set; } = "";

    /// <summary>Filled in where a report names nobody.</summary>
    public ContactDefaults ContactDefaults { get; set; } = new();

    /// <summary>The broker.</summary>
    public EventsOptions Events { get; set; } = new();

    /// <summary>CloudEvents source the notifications must have.</summary>
    public string GatewaySource { get; set; } = CloudEvent.GatewaySource;

    /// <summary>How long a notification stays after it arrived, once the organisation has handled it. What it has not handled stays.</summary>
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long the id of a notification is known, so that a repeat has no second effect. Longer than an involvement lasts without confirmation
    /// (180 days, rule M6) and the gateway remembers it after its end (30 days).
    /// </summary>
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Where notifications are pushed to as well; without a URL nowhere.</summary>
    public WebhookOptions Webhook { get; set; } = new();

    /// <summary>How often the client directory is read for new and corrected clients.</summary>
    public TimeSpan IndexInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A question about an unknown person reads the directory again, but not more often than this.</summary>
    public TimeSpan IndexMissInterval { get; set; } = TimeSpan.FromSeconds(30);
}

internal sealed class InvolvementExchangeOptionsValidator : IValidateOptions<InvolvementExchangeOptions>
{
    public ValidateOptionsResult Validate(string? name, InvolvementExchangeOptions options)
    {
        var faults = options.Events.Validate("Adapter:Kafka").ToList();
        if (!Contracts.Identifiers.Oin.TryParse(options.Oin, out _))
        {
            faults.Add("Adapter:Oin is no OIN: give the 20 letters or digits of the organisation's certificate.");
        }

        if (string.IsNullOrWhiteSpace(options.OrganisationName) || string.IsNullOrWhiteSpace(options.OrganisationType))
        {
            faults.Add("Adapter:Name and Adapter:OrganisationType are both required: give them as the participant registry has them.");
        }

        if (options.IndexInterval < TimeSpan.FromSeconds(1) || options.IndexMissInterval < TimeSpan.Zero)
        {
            faults.Add("Exchange:IndexInterval must be at least one second and Exchange:IndexMissInterval not negative: leave them out for the defaults.");
        }

        if (options.InboxRetention <= TimeSpan.Zero || options.RepeatWindow < options.InboxRetention)
        {
            faults.Add("Adapter:InboxRetention must be positive and Adapter:RepeatWindow not shorter: leave them out for the defaults.");
        }

        faults.AddRange(options.Webhook.Validate("Adapter:Webhook"));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
