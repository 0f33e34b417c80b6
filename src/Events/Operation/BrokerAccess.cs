using Keten.Contracts.Identifiers;

namespace Keten.Events.Operation;

/// <summary>
/// Who may do what at the broker. A participant writes one topic and reads one; nobody but the gateway reads reports; only an operator, where one
/// is named, may write reports of others, for giving dead letters another chance: the gateway decides on those anew. What is authorised only the gateway writes,
/// for that is past every decision. Everything else is refused, with
/// <c>allow.everyone.if.no.acl.found=false</c>. Literal names only: a prefix would grant what is added later.
/// </summary>
public static class BrokerAccess
{
    /// <summary>All rules.</summary>
    /// <param name="gateway">OIN of the gateway's certificate.</param>
    /// <param name="participants">OINs of the registry.</param>
    /// <param name="operatorOin">OIN of the certificate that <c>keten events</c> uses; null: none.</param>
    /// <param name="auditor">OIN of the certificate that reads the decision logs; null: nobody does.</param>
    public static IReadOnlyList<AccessRule> For(Oin gateway, IReadOnlyCollection<Oin> participants, Oin? operatorOin, Oin? auditor = null) =>
    [
        .. participants.SelectMany(ForParticipant),
        .. ForGateway(gateway, participants),
        .. operatorOin is { } oin ? ForOperator(oin, participants) : [],
        .. auditor is { } reader ? ForAuditor(reader) : [],
    ];

    private static IEnumerable<AccessRule> ForParticipant(Oin oin) =>
    [
        Topic(oin, Topics.Involvement(oin), "Write", "Describe"),
        Topic(oin, Topics.Notifications(oin), "Read", "Describe"),
        Topic(oin, Topics.Checkpoints, "Read", "Describe"),
        Group(oin, ConsumerGroups.Adapter(oin)),
    ];

    private static IEnumerable<AccessRule> ForGateway(Oin gateway, IEnumerable<Oin> participants) =>
    [
        Topic(gateway, Topics.InvolvementByPerson, "Read", "Write", "Describe"),
        Topic(gateway, Topics.DeadLetter(Topics.InvolvementByPerson), "Write", "Describe"),
        Topic(gateway, Topics.Decisions, "Write", "Describe"),
        Topic(gateway, Topics.Checkpoints, "Write", "Describe"),
        .. participants.SelectMany(oin => new[]
        {
            Topic(gateway, Topics.Involvement(oin), "Read", "Describe"),
            Topic(gateway, Topics.DeadLetter(Topics.Involvement(oin)), "Write", "Describe"),
            Topic(gateway, Topics.Notifications(oin), "Write", "Describe"),
        }),
        .. ConsumerGroups.Gateway.Select(group => Group(gateway, group)),
    ];

    private static IEnumerable<AccessRule> ForOperator(Oin oin, IEnumerable<Oin> participants) =>
    [
        .. participants.Select(Topics.Involvement).SelectMany(topic => new[]
        {
            Topic(oin, topic, "Read", "Write", "Describe"),
            Topic(oin, Topics.DeadLetter(topic), "Read", "Write", "Describe"),
        }),
        Topic(oin, Topics.InvolvementByPerson, "Read", "Describe"),
        Topic(oin, Topics.DeadLetter(Topics.InvolvementByPerson), "Read", "Describe"),
        .. ConsumerGroups.Marking.Append(ConsumerGroups.Tools).Select(group => Group(oin, group)),
    ];

    private static IEnumerable<AccessRule> ForAuditor(Oin oin) =>
    [
        Topic(oin, Topics.Decisions, "Read", "Describe"),
        Topic(oin, Topics.Checkpoints, "Read", "Describe"),
        Group(oin, ConsumerGroups.Audit),
    ];

    private static AccessRule Topic(Oin who, string name, params string[] operations) => new(who, "topic", name, operations);

    private static AccessRule Group(Oin who, string name) => new(who, "group", name, ["Read", "Describe"]);
}
