namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>What a case system asks for, checked.</summary>
/// <param name="IsOff">It is to rest.</param>
/// <param name="Reason">Why it was made, in the case system's words.</param>
/// <param name="Type">One of <see cref="SubscriptionCriteria"/>.</param>
/// <param name="Endpoint">Where to post to.</param>
/// <param name="Headers">To post with, as <c>Name: value</c>: secrets. Never given back and never logged.</param>
/// <param name="End">When it ends, if ever.</param>
internal sealed record SubscriptionOrder(bool IsOff, string Reason, string Type, string Endpoint, IReadOnlyList<string> Headers, DateTimeOffset? End)
{
    /// <summary>Without its secrets, should anybody ever print it.</summary>
    public override string ToString() => $"{Type} {Endpoint}";
}
