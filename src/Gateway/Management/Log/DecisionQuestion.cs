using System.Globalization;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Gateway.Management.Log;

/// <summary>Which decisions somebody wants to read, as query parameters of <c>GET /v1/decisions</c>.</summary>
internal sealed record DecisionQuestion
{
    private const int MostLines = 10_000;
    private static readonly string[] Known = ["from", "to", "index", "limit", "decision", "purpose", "reason", "allowed"];

    /// <summary>Decided at or after.</summary>
    public DateTimeOffset? From { get; private init; }

    /// <summary>Decided before.</summary>
    public DateTimeOffset? To { get; private init; }

    /// <summary>Index of the first record to look at; <c>next</c> of an earlier answer goes on there.</summary>
    public long Index { get; private init; }

    /// <summary>Most decisions in one answer.</summary>
    public int Limit { get; private init; } = 1000;

    public string? Decision { get; private init; }

    public string? Purpose { get; private init; }

    /// <summary>The exact reason of an officer's, the caller's code of a participant's question.</summary>
    public string? Reason { get; private init; }

    public bool? Allowed { get; private init; }

    /// <summary>Reads the parameters; null with the fault when one is not of its form.</summary>
    public static DecisionQuestion? Read(IQueryCollection query, out string? fault)
    {
        fault = query.Keys.Except(Known, StringComparer.Ordinal).Any() ? $"Parameters: {string.Join(", ", Known)}."
            : query.Any(parameter => parameter.Value.Count != 1) ? "Each parameter at most once."
            : null;
        var (from, to, index, limit, allowed) = (default(DateTimeOffset?), default(DateTimeOffset?), 0L, 1000, default(bool?));
        fault ??= Moment("from", out from) ?? Moment("to", out to) ?? Number("index", 0, long.MaxValue, out index) ?? Limits(out limit) ?? Truth(out allowed)
            ?? (Text("decision") is { } id && !UuidV7.IsValid(id) ? "decision: expected a decision id (UUID version 7)." : null)
            ?? Word("purpose") ?? Word("reason");
        return fault is not null ? null : new DecisionQuestion
        {
            From = from, To = to, Index = index, Limit = limit, Allowed = allowed, Decision = Text("decision"), Purpose = Text("purpose"), Reason = Text("reason"),
        };

        string? Text(string name) => query.TryGetValue(name, out var value) ? value[0] : null;

        string? Moment(string name, out DateTimeOffset? moment)
        {
            moment = DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : null;
            return Text(name) is not null && moment is null ? $"{name}: expected a time such as 2026-03-02T09:30:00Z." : null;
        }

        string? Number(string name, long least, long most, out long number)
        {
            number = least;
            return Text(name) is { } text && !(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most)
                ? $"{name}: expected a whole number from {least} to {most}." : null;
        }

        string? Limits(out int number)
        {
            number = 1000;
            var wrong = Number("limit", 1, MostLines, out var given);
            number = Text("limit") is null ? number : (int)given;
            return wrong;
        }

        string? Truth(out bool? truth)
        {
            truth = Text("allowed") switch { "true" => true, "false" => false, _ => null };
            return Text("allowed") is not null && truth is null ? "allowed: expected true or false." : null;
        }

        string? Word(string name) => Text(name) is { } text && (text.Length > 64 || !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            ? $"{name}: expected a word of the register." : null;
    }

    /// <summary>Whether a decision, as this asker sees it, is one of these.</summary>
    public bool Asks(DecisionRecord decision) =>
        (From is null || decision.DecidedAt?.ToDateTimeOffset() >= From)
        && (To is null || decision.DecidedAt?.ToDateTimeOffset() < To)
        && (Decision is null || decision.DecisionId == Decision)
        && (Purpose is null || decision.Purpose == Purpose)
        && (Reason is null || decision.ReasonCode == Reason)
        && (Allowed is null || decision.Allowed == Allowed);
}
