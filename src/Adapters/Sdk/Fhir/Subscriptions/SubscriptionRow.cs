namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>A Subscription as it is kept.</summary>
/// <param name="Id">Given by the adapter.</param>
/// <param name="Version">Rises with every change that can be read.</param>
/// <param name="Updated">When it did last.</param>
/// <param name="Status">As the adapter set it.</param>
/// <param name="Error">What went wrong last; empty when nothing did.</param>
/// <param name="Order">What was asked.</param>
/// <param name="Waiting">Place in the inbox of the last notification it is to be told of.</param>
/// <param name="Attempts">How often telling it failed in a row.</param>
internal sealed record SubscriptionRow(
    string Id, long Version, DateTimeOffset Updated, SubscriptionState Status, string Error, SubscriptionOrder Order, long Waiting, int Attempts);
