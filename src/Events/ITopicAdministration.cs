namespace Keten.Events;

/// <summary>Makes topics. Participants have no right to; <c>keten events init</c>, the demo and tests do it for them.</summary>
public interface ITopicAdministration
{
    /// <summary>Makes what is not there; what is there stays as it is.</summary>
    Task EnsureAsync(IReadOnlyCollection<TopicSpecification> topics, CancellationToken cancellationToken);
}
