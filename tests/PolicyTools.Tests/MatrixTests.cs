using System.Text.Json;
using System.Xml.Linq;
using Keten.TestKit;

namespace Keten.PolicyTools.Tests;

public sealed class MatrixTests
{
    [Fact]
    public async Task Every_case_that_is_allowed_lies_in_an_open_cell_with_its_fields()
    {
        var run = await Run.PolicyAsync("matrix", "--json");
        var access = (
            from cell in run.Json.GetProperty("cells").EnumerateArray()
            from entry in cell.GetProperty("access").EnumerateArray()
            from role in Texts(entry, "roles")
            from target in Texts(entry, "targets")
            select (Key: string.Join(' ', Text(cell, "caller"), role, Text(cell, "purpose"), Text(cell, "category"), Text(entry, "operation"), target), Fields: Texts(entry, "fields").ToHashSet()))
            .ToDictionary(entry => entry.Key, entry => entry.Fields, StringComparer.Ordinal);

        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "src/PolicyBundles/keten/tests/policy-cases.json"), TestContext.Current.CancellationToken));
        var allowed = document.RootElement.GetProperty("cases").EnumerateArray().Where(c => Text(c.GetProperty("expect"), "decision") == "allow").ToList();
        Assert.NotEmpty(allowed);
        Assert.All(allowed, c =>
        {
            var key = string.Join(' ', Text(c.GetProperty("caller"), "type"), Text(c.GetProperty("caller"), "role"), Text(c, "purpose"), Text(c, "category"), Text(c, "operation"), Text(c.GetProperty("target"), "type"));
            Assert.Subset(access[key], Texts(c.GetProperty("expect"), "fields").ToHashSet());
        });
    }

    /// <summary>The survey stops asking where it may; this asks everything of one organisation type.</summary>
    [Fact]
    public void Nothing_open_is_passed_over()
    {
        using var policy = LoadedPolicy.Open(null);
        var surveyed = Matrix.Survey.Run(policy, TestContext.Current.CancellationToken).Select(open => open.Combination).Where(c => c.Caller == "politie").ToHashSet();
        var register = policy.Register;
        var all =
            from purpose in register.Purposes
            from role in register.Roles("politie")
            from category in register.Categories
            from operation in register.Operations
            from target in register.OrganisationTypes
            select new Matrix.Combination("politie", role, purpose.Id, category.Id, operation, target.Id);

        Assert.Equal(surveyed, all.Where(c => Matrix.Survey.FindOpen(policy, c, out _) is not null).ToHashSet());
    }

    [Fact]
    public async Task The_page_is_whole_well_formed_and_needs_nothing_else()
    {
        var run = await Run.PolicyAsync("matrix", "--html");

        Assert.StartsWith("<!doctype html>\n<html lang=\"nl\">", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("http", run.Output, StringComparison.Ordinal);
        var body = XDocument.Parse(run.Output[run.Output.IndexOf("<body>", StringComparison.Ordinal)..run.Output.IndexOf("</html>", StringComparison.Ordinal)]);
        Assert.All(body.Descendants("th"), header => Assert.Contains(header.Attribute("scope")?.Value, new[] { "col", "row" }));
        Assert.All(body.Descendants("table"), table => Assert.Single(table.Elements("caption")));
        Assert.Equal(body.Descendants("nav").Descendants("a").Select(a => a.Attribute("href")!.Value[1..]), body.Descendants("section").Select(s => s.Attribute("id")!.Value));
    }

    [Fact]
    public async Task A_filter_keeps_what_it_names_and_an_unknown_one_is_refused_with_what_there_is()
    {
        var run = await Run.PolicyAsync("matrix", "--purpose", "naw-hergebruik", "--organisation", "schuldhulp");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("read 13", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("1 cells open", run.LastLine, StringComparison.Ordinal);

        var unknown = await Run.PolicyAsync("matrix", "--organisation", "bakker");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("'bakker' is not in the register; one of gecertificeerde-instelling", unknown.Error, StringComparison.Ordinal);
    }

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;

    private static IEnumerable<string> Texts(JsonElement parent, string name) => parent.GetProperty(name).EnumerateArray().Select(item => item.GetString()!);
}
