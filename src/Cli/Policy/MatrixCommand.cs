using System.CommandLine;
using System.Text;
using Keten.PolicyTools;
using Keten.PolicyTools.Matrix;
using Spectre.Console;

namespace Keten.Cli.Policy;

/// <summary><c>keten policy matrix</c>: who may do what with which data, for which purpose.</summary>
internal static class MatrixCommand
{
    public static Command Create()
    {
        var bundle = BundleOption.Create();
        var json = Cli.Json();
        var html = new Option<bool>("--html") { Description = "One page of HTML on stdout, in Dutch; needs nothing else to be read." };
        var organisation = Filter("--organisation", "Only this type of organisation.");
        var purpose = Filter("--purpose", "Only this purpose.");
        var category = Filter("--category", "Only this category.");
        var command = new Command(
            "matrix",
            """
            Organisation type by purpose by category: what the policy allows at best. Every combination is put to the policy itself, with facts
            that all speak for the caller (involved, informed, consent given, the age and crisis level that fit); the number behind an
            operation is the number of fields it gives. That a cell is open does not say that a given call is: see keten policy explain.

            Examples:
              keten policy matrix --organisation wijkteam
              keten policy matrix --purpose naw-hergebruik --category naw
              keten policy matrix --html > matrix.html
            """)
        {
            bundle, json, html, organisation, purpose, category,
        };
        command.Act((parsed, cancellationToken) =>
        {
            using var policy = LoadedPolicy.Open(parsed.GetValue(bundle));
            var register = policy.Register;
            var cells = Cell.Of(Survey.Run(policy, cancellationToken))
                .Where(cell => Fits(cell.Caller, register.Callers, parsed.GetValue(organisation), "organisation")
                    && Fits(cell.Purpose, register.Purposes, parsed.GetValue(purpose), "purpose")
                    && Fits(cell.Category, register.Categories, parsed.GetValue(category), "category"))
                .ToList();
            if (parsed.GetValue(json))
            {
                Cli.Print(new { revision = policy.Revision, cells });
            }
            else if (parsed.GetValue(html))
            {
                Console.Out.Write(MatrixPage.Write(policy, cells));
            }
            else
            {
                Table(policy, cells);
            }

            return Cli.Fine;
        });
        return command;
    }

    private static Option<string?> Filter(string name, string description) => new(name) { Description = description, HelpName = "ID" };

    private static bool Fits(string id, IReadOnlyList<Named> known, string? wanted, string what) =>
        wanted is null || (known.Any(entry => entry.Id == wanted)
            ? id == wanted
            : throw new ToolException($"--{what}: '{wanted}' is not in the register; one of {string.Join(", ", known.Select(entry => entry.Id))}"));

    private static void Table(LoadedPolicy policy, List<Cell> cells)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 200;
        }

        foreach (var purpose in cells.GroupBy(cell => cell.Purpose))
        {
            var table = new Table().Border(TableBorder.Simple).Title($"[bold]{purpose.Key}[/]  {Markup.Escape(PolicyRegister.NameOf(policy.Register.Purposes, purpose.Key).Nl)}");
            table.AddColumns("organisation", "category", "operations (fields)", "asked of", "roles");
            foreach (var cell in purpose)
            {
                table.AddRow(
                    cell.Caller, cell.Category, string.Join(", ", cell.Operations.Select(o => $"{o.Operation} {o.Fields}")),
                    string.Join(' ', cell.Access.SelectMany(access => access.Targets).Distinct()), string.Join(' ', cell.Access.SelectMany(access => access.Roles).Distinct()));
            }

            console.Write(table);
        }

        Console.Out.WriteLine($"{cells.Count} cells open; revision {policy.Revision}");
    }
}
