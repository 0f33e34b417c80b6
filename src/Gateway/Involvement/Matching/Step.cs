using Confluent.Kafka;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>What one record of the topic means for the matcher, once the table has taken it in.</summary>
internal sealed record Step(ConsumeResult<byte[], byte[]> Record)
{
    public Offset Offset => Record.Offset;

    /// <summary>Null when nothing changed.</summary>
    public Transition? Transition { get; private init; }

    /// <summary>The involvement whose last record in the log does not say what is held; null when there is none.</summary>
    public (Pseudonym Person, Oin Organisation, string InvolvementId)? Lost { get; private init; }

    /// <summary>It says nothing newer than what is held.</summary>
    public bool IsRepeat { get; private init; }

    /// <summary>No gateway wrote it.</summary>
    public bool IsMalformed { get; private init; }

    /// <summary>Takes a record into the table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="record">The record.</param>
    /// <param name="describe">False where nobody will look at the step.</param>
    public static Step Take(InvolvementTable table, ConsumeResult<byte[], byte[]> record, bool describe)
    {
        if (record.Message.Value is null)
        {
            return !AuthorisedRecords.TryReadTombstone(record, out var whom, out var organisation, out var id, out var version)
                ? Malformed(record)
                : table.TryForget(whom, organisation, id, version, record.Message.Timestamp.UtcDateTime)
                    ? new Step(record)
                    : new Step(record) { Lost = (whom, organisation, id) };
        }

        if (!AuthorisedRecords.TryRead(record, out var person, out var authorised))
        {
            return Malformed(record);
        }

        var applied = table.Apply(person, authorised, record.Message.Timestamp.UtcDateTime, describe);
        return new Step(record)
        {
            IsRepeat = !applied.Changed,
            Transition = applied.After is { } after ? new(person, authorised.Event, applied.Before, after, applied.All) : null,
            Lost = applied.Lost ? (person, Oin.Parse(authorised.Oin), authorised.Event.InvolvementId) : null,
        };
    }

    // It has taken the place of what is held in the log.
    private static Step Malformed(ConsumeResult<byte[], byte[]> record) => new(record)
    {
        IsMalformed = true,
        Lost = AuthorisedRecords.TryReadKey(record, out var person, out var organisation, out var id) ? (person, organisation, id) : null,
    };
}
