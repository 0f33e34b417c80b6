using Keten.LogTools.Query;
using Microsoft.Data.Sqlite;

namespace Keten.LogTools.Index;

/// <summary>A filter as a question to the index: everything it asks for is in the answer, and perhaps more.</summary>
internal static class CallIndexQuery
{
    public static SqliteCommand Of(SqliteConnection connection, LogFilter filter, string directory)
    {
        var command = connection.CreateCommand();
        var conditions = new List<string> { "1" };
        Ask("at >= $from", "$from", filter.From?.UtcTicks);
        Ask("at < $to", "$to", filter.To?.UtcTicks);
        Ask("id = $id", "$id", Digest(filter.DecisionId));
        Ask("(caller = $participant OR target = $participant)", "$participant", Digest(filter.Participant));
        Ask("purpose = $purpose", "$purpose", Digest(filter.Purpose));
        Ask("method = $method", "$method", filter.Operation is { } operation ? TextDigest.Of(LogFilter.MethodOf(operation)) : null);
        Ask("(reason = $reason OR outcome_reason = $reason)", "$reason", Digest(filter.Reason));
        Ask("standing = $standing", "$standing", (long?)filter.Standing);
        Ask("break_glass = $glass", "$glass", filter.BreakGlass ? 1L : null);

        if (filter.Subject is { } subject)
        {
            // What is not sealed (0) tells only by itself.
            conditions.Add($"subject_key IN (0, {string.Join(", ", KeysOfSubject.In(directory, subject).Prepend(0))})");
        }

        // The open ones are few, and come last: what else they are asked for is looked at in the log.
#pragma warning disable CA2100 // Conditions of this method; values are parameters.
        command.CommandText = $"""
            SELECT * FROM (
                SELECT decision, segment, offset, outcome, outcome_segment, outcome_offset FROM call WHERE {string.Join(" AND ", conditions)} ORDER BY settled)
            UNION ALL
            SELECT * FROM (SELECT decision, segment, offset, NULL, NULL, NULL FROM open{(filter.DecisionId is null ? "" : " WHERE id = $id")} ORDER BY decision)
            """;
#pragma warning restore CA2100
        return command;

        void Ask(string condition, string name, long? value)
        {
            if (value is { } number)
            {
                conditions.Add(condition);
                command.Parameters.AddWithValue(name, number);
            }
        }
    }

    private static long? Digest(string? text) => text is null ? null : TextDigest.Of(text);
}
