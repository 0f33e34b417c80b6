using System.Diagnostics.CodeAnalysis;
using Keten.Contracts.Identifiers;

namespace Keten.Events;

/// <summary>Names of the topics. A topic per producer, because an ACL keeps a participant to its own topic but not to its own keys.</summary>
public static class Topics
{
    private const string InvolvementPrefix = "keten.involvement.v1.";
    private const string NotificationsPrefix = "keten.notifications.v1.";
    private const string DeadLetterSuffix = ".dlq";

    /// <summary>Authorised involvements, partitioned by pseudonym; written and read by the gateway only; compacted.</summary>
    public const string InvolvementByPerson = "keten.involvement-by-person.v1";

    /// <summary>The decision logs of the gateways, record by record, with their checkpoints; key: the log's id. For auditors only.</summary>
    public const string Decisions = "keten.decisions.v1";

    /// <summary>The checkpoints alone, which say nothing of anybody: for every participant to keep, so that no log can be shortened unseen.</summary>
    public const string Checkpoints = "keten.checkpoints.v1";

    /// <summary>Involvement changes of one participant; written by it only; compacted.</summary>
    public static string Involvement(Oin producer) => InvolvementPrefix + producer.Value;

    /// <summary>Notifications for one participant; written by the gateway only, read by it only.</summary>
    public static string Notifications(Oin receiver) => NotificationsPrefix + receiver.Value;

    /// <summary>Where messages go that can have no effect, with the reason in a header.</summary>
    public static string DeadLetter(string topic) => topic + DeadLetterSuffix;

    /// <summary>The participant that alone may write an involvement topic.</summary>
    public static bool TryGetOwner(string topic, [MaybeNullWhen(false)] out Oin owner)
    {
        owner = default;
        return topic.StartsWith(InvolvementPrefix, StringComparison.Ordinal) && Oin.TryParse(topic[InvolvementPrefix.Length..], out owner);
    }
}
