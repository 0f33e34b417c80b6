using Keten.Events;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Involvement;

/// <summary>The gateway's side of the involvement exchange.</summary>
public sealed class InvolvementOptions
{
    /// <summary>The broker.</summary>
    public EventsOptions Events { get; set; } = new();

    /// <summary>CloudEvents source of what this gateway writes for others; among gateways it is always the same.</summary>
    public string Source { get; set; } = CloudEvent.GatewaySource;

    /// <summary>Largest report that is read, in bytes; a larger one goes to the dead letters without its value.</summary>
    public int MaxEventBytes { get; set; } = 64 * 1024;

    /// <summary>How often is looked for involvements on which a day brings something: a reminder, the end, to be forgotten.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the broker is asked how far the gateways are behind, for metrics.</summary>
    public TimeSpan BrokerWatchInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How far ahead of the gateway's clock a report's own times may be. A later one is refused: its organisation's clock is wrong.</summary>
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromMinutes(5);
}

internal sealed class InvolvementOptionsValidator : IValidateOptions<InvolvementOptions>
{
    public ValidateOptionsResult Validate(string? name, InvolvementOptions options)
    {
        var faults = options.Events.Validate("Gateway:Kafka").ToList();
        if (!Uri.TryCreate(options.Source, UriKind.Absolute, out var source) || source.Scheme != "urn")
        {
            faults.Add("Involvement:Source is no URN: give urn:nld:oin:<OIN>:systeem:<name>, or leave it out.");
        }

        if (options.MaxEventBytes is < 1024 or > 900_000)
        {
            faults.Add("Involvement:MaxEventBytes is outside 1024 to 900000: leave it out for 65536.");
        }

        if (options.SweepInterval < TimeSpan.FromSeconds(1) || options.SweepInterval > TimeSpan.FromHours(1))
        {
            faults.Add("Involvement:SweepInterval is outside 1 second to 1 hour: leave it out for a minute.");
        }

        if (options.BrokerWatchInterval < TimeSpan.FromSeconds(1) || options.BrokerWatchInterval > TimeSpan.FromHours(1))
        {
            faults.Add("Involvement:BrokerWatchInterval is outside 1 second to 1 hour: leave it out for 30 seconds.");
        }

        if (options.ClockTolerance < TimeSpan.FromSeconds(1) || options.ClockTolerance > TimeSpan.FromDays(1))
        {
            faults.Add("Gateway:ClockTolerance is outside 1 second to 1 day: leave it out for 5 minutes, and keep participants on a time server.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
