namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>What the adapter makes of a Subscription. The numbers are in the database.</summary>
internal enum SubscriptionState
{
    /// <summary>Asked to rest, past its end, or its endpoint said 410.</summary>
    Off = 0,

    /// <summary>It is told.</summary>
    Active = 1,

    /// <summary>It was not reached several times in a row, and is tried again.</summary>
    Error = 2,
}
