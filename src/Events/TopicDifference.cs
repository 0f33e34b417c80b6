namespace Keten.Events;

/// <summary>A topic that is not as it should be.</summary>
/// <param name="Topic">Name.</param>
/// <param name="What"><c>exists</c>, <c>partitions</c>, <c>replication</c>, or the name of a setting.</param>
/// <param name="Wanted">What it should be.</param>
/// <param name="Is">What the broker says.</param>
public sealed record TopicDifference(string Topic, string What, string Wanted, string Is)
{
    /// <summary>The topic is not there.</summary>
    public const string Existence = "exists";
}
