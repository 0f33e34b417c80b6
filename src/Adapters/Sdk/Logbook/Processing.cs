namespace Keten.Adapters.Sdk.Logbook;

/// <summary>
/// A processing that is no answer to a call: a notification that was taken in, an involvement that was reported, or the part of an answer that is
/// about somebody else in the household. One person each. Nothing of an employee is in it.
/// </summary>
internal sealed record Processing
{
    public required TraceSpan Span { get; init; }

    /// <summary>What was done, for people.</summary>
    public required string Name { get; init; }

    public required string Purpose { get; init; }

    public required string Category { get; init; }

    /// <summary>What the entry of the register calls it: read, submit, update, receive, erase.</summary>
    public required string Action { get; init; }

    /// <summary>Pseudonym.</summary>
    public required string Subject { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>URN of the application that caused it; empty: our own.</summary>
    public string Processor { get; init; } = "";

    public string DecisionId { get; init; } = "";

    /// <summary>OIN and type of the other organisation the data tells of; empty when it tells of none.</summary>
    public string AboutOin { get; init; } = "";

    public string AboutType { get; init; } = "";

    /// <summary>Informing the person of that organisation was not postponed for safety, as far as is known.</summary>
    public bool Informed { get; init; }

    /// <summary>Names of the fields about that organisation's work with the person that were told.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];
}
