using System.Net;
using System.Text;
using Keten.PolicyTools;
using Keten.PolicyTools.Matrix;

namespace Keten.Cli.Policy;

/// <summary>The matrix as one page that needs nothing else: no script, no other file, readable by a screen reader and on paper.</summary>
internal static class MatrixPage
{
    private const string Style =
        """
        :root { color-scheme: light dark; --line: #8a8f98; --soft: #eef2f7; --ink: #16202e; --paper: #fff; --open: #0b5d3b; --link: #0b4f9e; }
        @media (prefers-color-scheme: dark) { :root { --line: #6b7480; --soft: #1d2733; --ink: #e8edf3; --paper: #11181f; --open: #7fd8ac; --link: #8fc1ff; } }
        * { box-sizing: border-box; }
        body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; padding: 1.5rem; max-width: 100rem; }
        a { color: var(--link); }
        a:focus-visible, [tabindex]:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .skip { position: absolute; left: -999rem; } .skip:focus { position: static; }
        .heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        nav ul { columns: 22rem; padding-left: 1.2rem; }
        section { margin-top: 2.5rem; }
        h2 { margin-bottom: .25rem; } h2 small { font-weight: normal; font-size: .9rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .9rem; }
        caption { text-align: left; padding: .25rem 0; }
        th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
        thead th { background: var(--soft); } tbody th { background: var(--soft); font-weight: 600; position: sticky; left: 0; }
        td.none { color: var(--line); text-align: center; }
        td details { margin-top: .25rem; } summary { cursor: pointer; color: var(--open); font-weight: 600; white-space: nowrap; }
        td dl { margin: .4rem 0; min-width: 18rem; } td dt { font-weight: 600; } td dd { margin: 0 0 .4rem; }
        @media print { nav, .skip { display: none; } section { break-inside: avoid; } }
        """;

    private static readonly Dictionary<string, string> Dutch = new(StringComparer.Ordinal)
    {
        ["read"] = "lezen", ["search"] = "zoeken", ["subscribe"] = "volgen", ["submit"] = "aanleveren", ["update"] = "bijwerken", ["convene"] = "bijeenroepen",
    };

    public static string Write(LoadedPolicy policy, IReadOnlyList<Cell> cells)
    {
        var page = new StringBuilder(1 << 18);
        var purposes = cells.GroupBy(cell => cell.Purpose).ToList();
        page.Append("<!doctype html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<title>Wie mag wat, waarvoor: matrix van het beleid</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n")
            .Append("<a class=\"skip\" href=\"#matrix\">Naar de matrix</a>\n<header>\n<h1>Wie mag wat, waarvoor</h1>\n")
            .Append("<p>Wat het beleid ten hoogste toestaat, per doel, organisatie en gegevenscategorie. Elk vak is aan het beleid zelf gevraagd, met feiten die allemaal vóór de vrager spreken: ")
            .Append("betrokken, geïnformeerd, toestemming gegeven, passende leeftijd en crisisniveau. Een gevuld vak zegt dus niet dat een bepaalde vraag wordt toegestaan. ")
            .Append("Het getal is het aantal velden; open een vak voor de velden, rollen en bronnen.</p>\n")
            .Append("<p>Revisie van het beleid: <code>").Append(Safe(policy.Revision)).Append("</code>. ").Append(cells.Count).Append(" vakken open.</p>\n</header>\n<nav aria-label=\"Doelen\">\n<ul>\n");
        foreach (var purpose in purposes)
        {
            page.Append("<li><a href=\"#").Append(Safe(purpose.Key)).Append("\">").Append(Safe(PolicyRegister.NameOf(policy.Register.Purposes, purpose.Key).Nl)).Append("</a></li>\n");
        }

        page.Append("</ul>\n</nav>\n<main id=\"matrix\">\n");
        foreach (var purpose in purposes)
        {
            Write(page, policy.Register, purpose.Key, [.. purpose]);
        }

        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Write(StringBuilder page, PolicyRegister register, string purpose, List<Cell> cells)
    {
        var name = PolicyRegister.NameOf(register.Purposes, purpose).Nl;
        var callers = cells.Select(cell => cell.Caller).Distinct().ToList();
        page.Append("<section id=\"").Append(Safe(purpose)).Append("\" aria-labelledby=\"h-").Append(Safe(purpose)).Append("\">\n<h2 id=\"h-").Append(Safe(purpose)).Append("\">")
            .Append(Safe(name)).Append(" <small><code>").Append(Safe(purpose)).Append("</code></small></h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Tabel: ").Append(Safe(name))
            .Append("\">\n<table>\n<caption>Gegevenscategorie (rij) en vragende organisatie (kolom)</caption>\n<thead>\n<tr><th scope=\"col\">Categorie</th>");
        foreach (var caller in callers)
        {
            page.Append("<th scope=\"col\">").Append(Safe(PolicyRegister.NameOf(register.OrganisationTypes, caller).Nl)).Append("</th>");
        }

        page.Append("</tr>\n</thead>\n<tbody>\n");
        foreach (var category in cells.GroupBy(cell => cell.Category).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            page.Append("<tr><th scope=\"row\">").Append(Safe(PolicyRegister.NameOf(register.Categories, category.Key).Nl)).Append("</th>");
            foreach (var caller in callers)
            {
                Write(page, register, category.FirstOrDefault(cell => cell.Caller == caller));
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table>\n</div>\n</section>\n");
    }

    private static void Write(StringBuilder page, PolicyRegister register, Cell? cell)
    {
        if (cell is null)
        {
            page.Append("<td class=\"none\"><span aria-hidden=\"true\">–</span><span class=\"heard\">niets</span></td>");
            return;
        }

        page.Append("<td>");
        foreach (var operation in cell.Access.GroupBy(access => access.Operation))
        {
            page.Append("<details><summary>").Append(Safe(Dutch.GetValueOrDefault(operation.Key, operation.Key))).Append(' ')
                .Append(operation.SelectMany(access => access.Fields).Distinct().Count()).Append("</summary><dl>");
            foreach (var access in operation)
            {
                page.Append("<dt>Van</dt><dd>").Append(Safe(string.Join(", ", access.Targets.Select(target => PolicyRegister.NameOf(register.OrganisationTypes, target).Nl))))
                    .Append("</dd><dt>Rollen</dt><dd>").Append(Safe(string.Join(", ", access.Roles)))
                    .Append("</dd><dt>Velden (").Append(access.Fields.Count).Append(" van ").Append(register.FieldCount(cell.Category)).Append(")</dt><dd>")
                    .Append(Safe(string.Join(", ", access.Fields))).Append("</dd>");
            }

            page.Append("</dl></details>");
        }

        page.Append("</td>");
    }

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
