using System.Globalization;
using System.Net;
using System.Text;
using Keten.Protocol.V1;

namespace Keten.Cli.Log;

/// <summary>An answer as one page to print or to send: no script, no other file, no name of a professional, not even the person's pseudonym.</summary>
internal static class SubjectPage
{
    private const string Style =
        """
        :root { color-scheme: light; --line: #b6bcc6; --soft: #f2f5f9; --ink: #16202e; --mark: #8a4b00; }
        * { box-sizing: border-box; }
        body { font: 1.05rem/1.55 system-ui, sans-serif; color: var(--ink); background: #fff; margin: 0 auto; padding: 1.5rem; max-width: 60rem; }
        h1 { font-size: 1.9rem; margin: 0 0 .25rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.3rem; }
        p { max-width: 46rem; } .when { color: #4a5566; }
        table { border-collapse: collapse; width: 100%; } caption { text-align: left; padding: .25rem 0; }
        th, td { border-bottom: 1px solid var(--line); padding: .55rem .6rem; text-align: left; vertical-align: top; }
        thead th { background: var(--soft); } tbody th { font-weight: 600; white-space: nowrap; }
        .emergency { display: block; color: var(--mark); font-weight: 600; margin-top: .25rem; }
        .law { display: block; color: #4a5566; font-size: .9rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { font-weight: 600; } dd { margin: 0; }
        @media (max-width: 40rem) { table, thead, tbody, tr, th, td { display: block; } thead { position: absolute; clip-path: inset(50%); } dl { grid-template-columns: 1fr; } }
        @page { size: A4; margin: 16mm; }
        @media print {
          body { font-size: 10.5pt; padding: 0; max-width: none; } thead { display: table-header-group; } tr, dl > * { break-inside: avoid; }
          h2 { break-after: avoid; } a { color: inherit; text-decoration: none; }
        }
        """;

    public static string Write(SubjectAnswer answer, SubjectWords words)
    {
        var page = new StringBuilder(1 << 14);
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"{words.Language}\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>{Safe(words.Title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n<header>\n<h1>{Safe(words.Title)}</h1>\n")
            .Append(CultureInfo.InvariantCulture, $"<p class=\"when\">{Safe(words.Say("Gevraagd op", "Asked on"))} {Safe(words.Moment(answer.AskedAt))}</p>\n<p>")
            .Append(Safe(words.Say(
                "Organisaties mogen gegevens over u alleen delen voor een doel dat vaststaat. Elke keer wordt opgeschreven. Hieronder leest u wie wat zag, wanneer en waarom.",
                "Organisations may share data about you only for a stated purpose, and each time is written down. Below you read who saw what, when and why.")))
            .Append("</p>\n</header>\n<main>\n");
        WriteLines(page, answer, words);
        WriteSources(page, answer, words);
        WriteSection(page, words.Say("Wat u hier misschien niet ziet", "What you may not see here"), words.Exceptions);
        WriteSection(page, words.Say("Wat u kunt doen", "What you can do"), words.Rights);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void WriteLines(StringBuilder page, SubjectAnswer answer, SubjectWords words)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section aria-labelledby=\"lines\">\n<h2 id=\"lines\">{Safe(words.Say("Wat er is gebeurd", "What happened"))}</h2>\n");
        if (answer.Entries.Count == 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{Safe(words.Nothing)}</p>\n</section>\n");
            return;
        }

        page.Append("<table>\n<thead><tr>");
        foreach (var head in (string[])[words.Say("Wanneer", "When"), words.Say("Wat", "What"), words.Say("Soort gegevens", "Kind of data"), words.Say("Waarom", "Why")])
        {
            page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Safe(head)}</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var entry in answer.Entries)
        {
            Write(page, answer, entry.Line, words);
        }

        page.Append("</tbody>\n</table>\n</section>\n");
    }

    private static void Write(StringBuilder page, SubjectAnswer answer, ProcessingLine line, SubjectWords words)
    {
        page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Safe(words.Moment(SubjectAnswer.MomentOf(line)))}</th><td>{Safe(words.What(answer, line))}");
        if (line.BreakGlass)
        {
            page.Append(CultureInfo.InvariantCulture, $"<span class=\"emergency\">{Safe(words.BreakGlass)}</span>");
        }

        page.Append(CultureInfo.InvariantCulture, $"</td><td>{Safe(words.Category(line.Category))}</td><td>{Safe(words.Purpose(line.Purpose))}")
            .Append(CultureInfo.InvariantCulture, $"<span class=\"law\">{Safe(words.Say("Wet: ", "Law: "))}{Safe(string.Join(", ", words.LegalBasis(line)))}</span></td></tr>\n");
    }

    private static void WriteSources(StringBuilder page, SubjectAnswer answer, SubjectWords words)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section aria-labelledby=\"sources\">\n<h2 id=\"sources\">{Safe(words.Say("Aan wie is het gevraagd", "Who was asked"))}</h2>\n<dl>\n");
        foreach (var source in answer.Sources)
        {
            page.Append(CultureInfo.InvariantCulture, $"<dt>{Safe(source.Name)}</dt><dd>{Safe(words.State(source))}.</dd>\n");
        }

        page.Append("</dl>\n</section>\n");
    }

    private static void WriteSection(StringBuilder page, string title, string text) =>
        page.Append(CultureInfo.InvariantCulture, $"<section>\n<h2>{Safe(title)}</h2>\n<p>{Safe(text)}</p>\n</section>\n");

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
