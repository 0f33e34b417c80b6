using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Webhook;
using Keten.Contracts;
using Keten.Fhir;

namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>What a Subscription is held to. What is not kept is refused, never dropped in silence.</summary>
internal static class SubscriptionRules
{
    private const int MaxHeaders = 5;
    private const int MaxHeaderLength = 1_000;
    private const int MaxEndpointLength = 500;

    // Meta and error are the adapter's own, from an earlier read: they change nothing.
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal) { "id", "meta", "status", "end", "reason", "criteria", "error", "channel" };
    private static readonly HashSet<string> KeptOfMeta = new(StringComparer.Ordinal) { "versionId", "lastUpdated", "tag" };
    private static readonly HashSet<string> KeptOfChannel = new(StringComparer.Ordinal) { "type", "endpoint", "header", "payload" };

    /// <summary>Null when it can be taken.</summary>
    public static Refusal? Check(Subscription asked, DateTimeOffset now, out SubscriptionOrder order)
    {
        var channel = asked.Channel ?? new Subscription.ChannelComponent();
        order = new SubscriptionOrder(
            asked.Status == Subscription.SubscriptionStatus.Off, asked.Reason ?? "", SubscriptionCriteria.Parse(asked.Criteria ?? "") ?? "", channel.Endpoint ?? "",
            [.. channel.Header?.Select(header => header ?? "") ?? []], asked.End);
        return FhirLabels.IsSubsetted(asked) ? SubscriptionRefusals.Subsetted
            : !IsKept(asked) ? SubscriptionRefusals.ElementUnsupported
            : asked.Status is not (Subscription.SubscriptionStatus.Requested or Subscription.SubscriptionStatus.Off) ? SubscriptionRefusals.StatusRefused
            : channel.Type != Subscription.SubscriptionChannelType.RestHook ? SubscriptionRefusals.ChannelUnsupported
            : channel.PayloadElement is not null ? SubscriptionRefusals.PayloadRefused
            : order.Type.Length == 0 ? SubscriptionRefusals.CriteriaUnknown
            : !IsSafe(order.Endpoint) ? SubscriptionRefusals.EndpointRefused
            : !AreSafe(order.Headers) ? SubscriptionRefusals.HeaderRefused
            : order.End <= now ? SubscriptionRefusals.EndPassed
            : Bsn.IsIn(order.Reason) || Bsn.IsIn(order.Endpoint) ? SubscriptionRefusals.NumberInside
            : null;
    }

    private static bool IsKept(Subscription asked) =>
        asked.EnumerateElements().All(element => Kept.Contains(element.Key) && (element.Key == "meta" || element.Value is not PrimitiveType value || IsPlain(value)))
            && (asked.Meta is null || asked.Meta.EnumerateElements().All(element => KeptOfMeta.Contains(element.Key)))
            && (asked.Channel is null || asked.Channel.EnumerateElements().All(element =>
                KeptOfChannel.Contains(element.Key) && (element.Value is not PrimitiveType value || IsPlain(value))
                    && (element.Value is not IEnumerable<PrimitiveType> values || values.All(IsPlain))));

    // A value and nothing else: no id of its own, no extension.
    private static bool IsPlain(PrimitiveType value) => value.ElementId is null && !value.HasExtensions();

    private static bool IsSafe(string endpoint) =>
        endpoint.Length <= MaxEndpointLength && WebhookAddress.TryParse(endpoint, out var address) && address.UserInfo.Length == 0 && address.Fragment.Length == 0;

    private static bool AreSafe(IReadOnlyList<string> headers)
    {
        var names = headers.Select(header => header.Split(':')[0]).ToList();
        return headers.Count <= MaxHeaders && headers.All(IsSafeHeader) && names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Count;
    }

    // Nothing that steers the request itself: no Host, no Content-Length, no line break.
    private static bool IsSafeHeader(string header) =>
        header.Split(':', 2) is [var name, var value]
            && (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
                || (name.Length > 2 && name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')))
            && value.Trim().Length > 0 && value.Length <= MaxHeaderLength && value.All(c => c is >= ' ' and <= '~');
}
