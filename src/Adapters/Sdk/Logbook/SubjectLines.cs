using System.Globalization;
using System.Text.Json;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>
/// What an organisation's logbook has about one person, as the person is told it: one line for every decision, whatever number of messages went
/// under it, and one for every notification that told this organisation of another.
/// </summary>
internal static class SubjectLines
{
    /// <summary>Newest first, before any rule about what may be shown.</summary>
    /// <param name="connection">An adapter's database.</param>
    /// <param name="self">OIN of the organisation.</param>
    /// <param name="selfType">Its type.</param>
    /// <param name="subject">Pseudonym.</param>
    /// <param name="until">Only lines before this moment.</param>
    public static IReadOnlyList<SubjectLine> Read(SqliteConnection connection, string self, string selfType, string subject, DateTimeOffset until) =>
        [.. Disclosures(connection, self, selfType, subject, until).Concat(Told(connection, self, selfType, subject, until))
            .OrderByDescending(line => line.OccurredAt).ThenBy(line => line.Line.DecisionId, StringComparer.Ordinal)];

    // A decision that was answered and tried again has two rows, a subscription one for each message; what counts is that it was answered, and when first.
    private static IEnumerable<SubjectLine> Disclosures(SqliteConnection connection, string self, string selfType, string subject, DateTimeOffset until) =>
        connection.Query(
            """
            SELECT decision_id, occurred_at, caller_oin, caller_type, purpose, category, operation, allowed, reason_code, fields, obligations, legal_basis,
                break_glass, actor
            FROM disclosure WHERE subject = $subject AND occurred_at < $until ORDER BY allowed DESC, sequence
            """,
            row => Disclosure(row, self, selfType), ("$subject", subject), ("$until", Text(until))).DistinctBy(line => line.Line.DecisionId);

    private static SubjectLine Disclosure(SqliteDataReader row, string self, string selfType)
    {
        var allowed = row.GetBoolean(7);
        var occurred = DateTimeOffset.Parse(row.GetString(1), CultureInfo.InvariantCulture);
        var line = new ProcessingLine
        {
            DecisionId = row.GetString(0), OccurredAt = Text(occurred), RequestingOrganisation = row.GetString(2), ProvidingOrganisation = self,
            Purpose = row.GetString(4), Category = row.GetString(5), BreakGlass = row.GetBoolean(12), Professional = row.GetString(13),
            Outcome = allowed ? OperationCatalogue.Current.TryGet(row.GetString(6), out var called) && called.Delivers ? "delivered" : "disclosed"
                : LogbookReader.IsFault(row.GetString(8)) ? "failed" : "refused",
        };
        line.LegalBasis.Add(Texts(row.GetString(11)));
        if (allowed)
        {
            line.Fields.Add(Texts(row.GetString(9)));
        }

        var uninformed = Texts(row.GetString(10)).Contains(ObligationIds.InformSubjectWhenSafe, StringComparer.Ordinal);
        return new SubjectLine(line, occurred, row.IsDBNull(3) ? null : row.GetString(3), selfType, uninformed);
    }

    private static List<SubjectLine> Told(SqliteConnection connection, string self, string selfType, string subject, DateTimeOffset until) => connection.Query(
        """
        SELECT ended_at, purpose, category, about_oin, about_type, fields, informed FROM processing
        WHERE subject = $subject AND ended_at < $until AND action = 'receive' AND about_oin <> ''
        """,
        row =>
        {
            var occurred = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0));
            var line = new ProcessingLine
            {
                OccurredAt = Text(occurred), RequestingOrganisation = self, ProvidingOrganisation = row.GetString(3), Purpose = row.GetString(1),
                Category = row.GetString(2), Outcome = "received", BreakGlass = false,
            };
            line.Fields.Add(Texts(row.GetString(5)));
            return new SubjectLine(line, occurred, selfType, row.GetString(4) is { Length: > 0 } type ? type : null, Uninformed: !row.GetBoolean(6));
        },
        ("$subject", subject), ("$until", until.ToUnixTimeMilliseconds()));

    private static string[] Texts(string json) => JsonSerializer.Deserialize<string[]>(json) ?? [];

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
