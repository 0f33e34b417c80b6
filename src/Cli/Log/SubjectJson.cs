namespace Keten.Cli.Log;

/// <summary>An answer for programs; ids beside the words.</summary>
internal static class SubjectJson
{
    public static object Of(SubjectAnswer answer, SubjectWords words) => new
    {
        AskedAt = answer.AskedAt.UtcDateTime,
        Complete = answer.IsComplete,
        answer.Sources,
        Lines = answer.Entries.Select(entry => new
        {
            entry.Line.DecisionId,
            entry.Line.OccurredAt,
            Requesting = new { Oin = entry.Line.RequestingOrganisation, Name = words.Organisation(answer, entry.Line.RequestingOrganisation) },
            Providing = new { Oin = entry.Line.ProvidingOrganisation, Name = words.Organisation(answer, entry.Line.ProvidingOrganisation) },
            Purpose = new { Id = entry.Line.Purpose, Name = words.Purpose(entry.Line.Purpose) },
            LegalBasis = words.LegalBasis(entry.Line),
            Category = new { Id = entry.Line.Category, Name = words.Category(entry.Line.Category) },
            Fields = entry.Line.Fields.ToArray(),
            entry.Line.Outcome,
            Text = words.What(answer, entry.Line),
            entry.Line.BreakGlass,
            entry.Sources,
        }),
        words.Exceptions,
    };
}
