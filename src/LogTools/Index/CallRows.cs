using Keten.DecisionLog;
using Keten.LogTools.Query;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.LogTools.Index;

/// <summary>Writes the rows of settled calls.</summary>
internal sealed class CallRows : IDisposable
{
    private readonly SqliteCommand _insert;
    private readonly SqliteParameter[] _values;

    public CallRows(SqliteTransaction transaction)
    {
        _insert = transaction.Connection!.CreateCommand();
        _insert.Transaction = transaction;
        _insert.CommandText = """
            INSERT INTO call VALUES ($settled, $decision, $segment, $offset, $outcome, $outcomeSegment, $outcomeOffset,
                $at, $id, $caller, $target, $purpose, $method, $reason, $outcomeReason, $standing, $breakGlass, $subjectKey)
            """;
        _values =
        [
            .. ((string[])["$settled", "$decision", "$segment", "$offset", "$outcome", "$outcomeSegment", "$outcomeOffset",
                "$at", "$id", "$caller", "$target", "$purpose", "$method", "$reason", "$outcomeReason", "$standing", "$breakGlass", "$subjectKey"])
                .Select(name => _insert.Parameters.Add(name, SqliteType.Integer)),
        ];
        _insert.Prepare();
    }

    public void Add(RecordPlace place, LogRecord record, RecordPlace? outcomePlace, OutcomeRecord? outcome)
    {
        var decision = record.Decision;
        Set(0, outcomePlace?.Index ?? place.Index);
        Set(1, place.Index);
        Set(2, place.Segment);
        Set(3, place.Offset);
        Set(4, outcomePlace?.Index);
        Set(5, outcomePlace?.Segment);
        Set(6, outcomePlace?.Offset);
        Set(7, LoggedCall.AtOf(record).UtcTicks);
        Set(8, TextDigest.Of(decision.DecisionId));
        Set(9, TextDigest.Of(decision.Caller?.Oin));
        Set(10, TextDigest.Of(decision.Target?.Oin));
        Set(11, TextDigest.Of(decision.Purpose));
        Set(12, TextDigest.Of(LogFilter.MethodOf(decision.Operation)));
        Set(13, TextDigest.Of(decision.ReasonCode));
        Set(14, TextDigest.Of(outcome?.ReasonCode));
        Set(15, (long)LoggedCall.StandingOf(decision, outcome));
        Set(16, decision.BreakGlass ? 1 : 0);
        Set(17, record.SubjectKey);
        _insert.ExecuteNonQuery();
    }

    public void Dispose() => _insert.Dispose();

    private void Set(int i, long? value) => _values[i].Value = value is { } number ? number : DBNull.Value;
}
