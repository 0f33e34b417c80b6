using Keten.Contracts.Identifiers;

namespace Keten.Events;

/// <summary>The topics of a federation.</summary>
public static class TopicLayout
{
    private const int Partitions = 4;

    /// <summary>All topics for these participants, with so many copies.</summary>
    public static IReadOnlyList<TopicSpecification> For(IEnumerable<Oin> participants, int replication = TopicSpecification.SafeReplication) =>
    [
        new(Topics.InvolvementByPerson, Partitions, Compacted: true, replication),
        new(Topics.DeadLetter(Topics.InvolvementByPerson), 1, Compacted: false, replication),
        new(Topics.Decisions, Partitions, Compacted: false, replication),
        new(Topics.Checkpoints, 1, Compacted: false, replication),
        .. participants.SelectMany(oin => new[]
        {
            new TopicSpecification(Topics.Involvement(oin), Partitions, Compacted: true, replication),
            new TopicSpecification(Topics.DeadLetter(Topics.Involvement(oin)), 1, Compacted: false, replication),
            new TopicSpecification(Topics.Notifications(oin), Partitions, Compacted: false, replication),
        }),
    ];
}
