using Keten.Contracts.Identifiers;

namespace Keten.Events;

/// <summary>The topics of a federation.</summary>
public static class TopicLayout
{
    private const int Partitions = 4;

    /// <summary>All topics for these participants.</summary>
    public static IReadOnlyList<TopicSpecification> For(IEnumerable<Oin> participants) =>
    [
        new(Topics.InvolvementByPerson, Partitions, Compacted: true),
        new(Topics.DeadLetter(Topics.InvolvementByPerson), 1, Compacted: false),
        new(Topics.Decisions, Partitions, Compacted: false),
        new(Topics.Checkpoints, 1, Compacted: false),
        .. participants.SelectMany(oin => new[]
        {
            new TopicSpecification(Topics.Involvement(oin), Partitions, Compacted: true),
            new TopicSpecification(Topics.DeadLetter(Topics.Involvement(oin)), 1, Compacted: false),
            new TopicSpecification(Topics.Notifications(oin), Partitions, Compacted: false),
        }),
    ];
}
