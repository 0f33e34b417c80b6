using Confluent.Kafka;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.Intake;

/// <summary>One record of a participant's involvement topic, as far as it could be read.</summary>
internal sealed class IncomingReport
{
    public required ConsumeResult<byte[], byte[]> Record { get; init; }

    /// <summary>The participant that alone may write the topic.</summary>
    public required Oin Owner { get; init; }

    /// <summary>Reason code when it is refused before the policy is asked; null when it can be judged.</summary>
    public string? Fault { get; init; }

    /// <summary>What was expected; never a value from the record.</summary>
    public string FaultText { get; init; } = "";

    /// <summary>Null when the value is no usable report; then nobody can be sent a receipt.</summary>
    public InvolvementChanged? Event { get; init; }

    /// <summary>The person; meaningful when <see cref="Event"/> is there.</summary>
    public Pseudonym Person { get; init; }

    /// <summary>All pseudonyms it counts under, <see cref="Person"/> last: two while the federation goes over to another key.</summary>
    public IReadOnlyList<Pseudonym> Persons { get; init; } = [];

    /// <summary>Pseudonyms of the person under which it is forgotten.</summary>
    public IReadOnlyList<Pseudonym> Former { get; init; } = [];

    public CaseFacts Facts { get; init; } = CaseFacts.None;

    /// <summary>Reports with the same lane are handled one after another.</summary>
    public string Lane => Event is null ? $"{Record.Topic}/{Record.Partition.Value}" : Persons.Concat(Former).Min(p => p.Value)!;

    /// <summary>CloudEvents id, for logs; empty when it could not be read.</summary>
    public CloudEvent? Envelope { get; init; }
}
