using Keten.Protocol.V1;
using Spectre.Console;

namespace Keten.Cli.Log;

/// <summary>An answer on the terminal.</summary>
internal static class SubjectText
{
    public static void Write(IAnsiConsole console, SubjectAnswer answer, SubjectWords words)
    {
        console.MarkupLineInterpolated($"[bold]{words.Title}[/] [grey]{words.Moment(answer.AskedAt)}[/]");
        if (answer.Entries.Count == 0)
        {
            console.MarkupLineInterpolated($"{words.Nothing}");
        }

        foreach (var entry in answer.Entries)
        {
            Write(console, answer, entry.Line, words);
        }

        console.WriteLine();
        foreach (var group in answer.Sources.GroupBy(words.State))
        {
            console.MarkupLineInterpolated($"{string.Join(", ", group.Select(source => source.Name))}: {group.Key}.");
        }

        console.MarkupLineInterpolated($"[grey]{words.Exceptions}[/]");
    }

    private static void Write(IAnsiConsole console, SubjectAnswer answer, ProcessingLine line, SubjectWords words)
    {
        console.MarkupLineInterpolated($"[grey]{words.Moment(SubjectAnswer.MomentOf(line))}[/]  {words.What(answer, line)}");
        console.MarkupLineInterpolated(
            $"    {words.Category(line.Category)}; {words.Purpose(line.Purpose)} [grey]({string.Join(", ", words.LegalBasis(line))})[/]");
        if (line.BreakGlass)
        {
            console.MarkupLineInterpolated($"    [yellow]{words.BreakGlass}[/]");
        }
    }
}
