using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Hosting;

namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>What the case system's door offers of FHIR: Subscription and nothing else.</summary>
internal static class SubscriptionCapabilities
{
    /// <summary>When this was made; the statement changes with the software, not with the clock.</summary>
    private const string Date = "2026-11-24";

    public static CapabilityStatement Make(AdapterOptions options, string address) => new()
    {
        Status = PublicationStatus.Active,
        Date = Date,
        Kind = CapabilityStatementKind.Instance,
        Software = new CapabilityStatement.SoftwareComponent { Name = "KetenGateway" },
        Implementation = new CapabilityStatement.ImplementationComponent { Description = options.Name.Length > 0 ? options.Name : "KetenGateway adapter", Url = address },
        FhirVersion = FHIRVersion.N4_0_1,
        Format = ["application/fhir+json", "application/fhir+xml"],
        Rest =
        [
            new CapabilityStatement.RestComponent
            {
                Mode = CapabilityStatement.RestfulCapabilityMode.Server,
                Documentation = "For the organisation's own case system: be told, by an empty POST, that there are notifications to read. See docs/for-case-systems.md.",
                Security = new CapabilityStatement.SecurityComponent { Description = "Mutual TLS with the organisation's own certificate, or a unix socket." },
                Resource = [Subscription()],
            },
        ],
    };

    private static CapabilityStatement.ResourceComponent Subscription() => new()
    {
        Type = "Subscription",
        Documentation = $"Channel rest-hook without payload; criteria one of {SubscriptionCriteria.Listed}. At most {SubscriptionStore.Most}.",
        Interaction =
        [
            new() { Code = CapabilityStatement.TypeRestfulInteraction.Create }, new() { Code = CapabilityStatement.TypeRestfulInteraction.Read },
            new() { Code = CapabilityStatement.TypeRestfulInteraction.Update }, new() { Code = CapabilityStatement.TypeRestfulInteraction.Delete },
            new() { Code = CapabilityStatement.TypeRestfulInteraction.SearchType, Documentation = "Without parameters: all there are." },
        ],
        Versioning = CapabilityStatement.ResourceVersionPolicy.VersionedUpdate,
        ReadHistory = false,
        UpdateCreate = false,
        ConditionalCreate = false,
        ConditionalRead = CapabilityStatement.ConditionalReadStatus.NotMatch,
        ConditionalUpdate = false,
        ConditionalDelete = CapabilityStatement.ConditionalDeleteStatus.NotSupported,
    };
}
