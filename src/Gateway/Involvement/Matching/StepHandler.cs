using Confluent.Kafka;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Gateway.Involvement.Delivery;
using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>Carries out what a step asks for; the mark moves when all of it has arrived.</summary>
internal sealed class StepHandler(
    Matcher matcher, InvolvementView view, AuthorisedRecords records, DeadLetters deadLetters, Mailboxes mailboxes, Persistence persistence)
{
    private const string Malformed = "EVENT_MALFORMED";

    public async Task HandleAsync(Step step, Marks marks, CancellationToken cancellationToken)
    {
        marks.Begin(step.Record.TopicPartitionOffset);
        if (step.Lost is { } lost && view.Table.FindLast(lost.Person, lost.Organisation, lost.InvolvementId) is { } last)
        {
            await persistence.DoAsync("write again", ct => WriteAgainAsync(lost.Person, last, $"{last.DecisionId}/again/{step.Offset.Value}", ct), cancellationToken);
        }

        IReadOnlyList<Parcel> posted = step switch
        {
            { IsMalformed: true } => [await SetAsideAsync(step, cancellationToken)],
            { Transition: { } transition } => await matcher.NotifyAsync(transition, cancellationToken),
            _ => [],
        };
        _ = marks.FinishAsync(step.Record.TopicPartitionOffset, posted);
    }

    private Task<TopicPartitionOffset> WriteAgainAsync(Pseudonym person, HeldInvolvement last, string eventId, CancellationToken cancellationToken) => last.Forgotten
        ? records.ForgetAsync(person, last.Organisation, last.InvolvementId, last.Version, eventId, cancellationToken)
        : records.WriteAsync(last.ToAuthorised(), eventId, cancellationToken);

    private Task<Parcel> SetAsideAsync(Step step, CancellationToken cancellationToken) => mailboxes.PostAsync(
        Topics.DeadLetter(step.Record.Topic), "", ct => deadLetters.SendAsync(step.Record, Malformed, "", withContent: true, ct), cancellationToken);
}
