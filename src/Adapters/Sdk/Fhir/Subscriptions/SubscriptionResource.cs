using System.Globalization;
using Hl7.Fhir.Model;
using Keten.Fhir;

namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>A Subscription as R4 has it, without its secrets.</summary>
internal static class SubscriptionResource
{
    public static Subscription Of(SubscriptionRow row)
    {
        var order = row.Order;
        return new Subscription
        {
            Id = row.Id,
            Meta = new Meta
            {
                VersionId = row.Version.ToString(CultureInfo.InvariantCulture),
                LastUpdated = row.Updated,
                Tag = order.Headers.Count > 0 ? [FhirLabels.Subsetted] : [],
                Security = order.Headers.Count > 0 ? [FhirLabels.Subsetted] : [],
            },
            Status = row.Status switch
            {
                SubscriptionState.Active => Subscription.SubscriptionStatus.Active,
                SubscriptionState.Error => Subscription.SubscriptionStatus.Error,
                _ => Subscription.SubscriptionStatus.Off,
            },
            End = order.End,
            Reason = order.Reason,
            Criteria = order.Type + "?",
            Error = row.Error.Length > 0 ? row.Error : null,
            Channel = new Subscription.ChannelComponent { Type = Subscription.SubscriptionChannelType.RestHook, Endpoint = order.Endpoint },
        };
    }
}
