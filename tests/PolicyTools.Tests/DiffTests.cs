using System.Text.Json;

namespace Keten.PolicyTools.Tests;

public sealed class DiffTests : IDisposable
{
    private const string SchoolFields = "onderwijs: [case_lead_organisation, case_lead_name, case_lead_phone, case_lead_email]";
    private readonly Sources _sources = new();

    public void Dispose() => _sources.Dispose();

    [Fact]
    public async Task Nothing_changes_between_a_bundle_and_itself()
    {
        var run = await Run.PolicyAsync("diff", "embedded", "embedded", "--cases", _sources.Cases);

        Assert.Equal((0, "Nothing changes."), (run.ExitCode, run.LastLine));
    }

    [Fact]
    public async Task A_narrowed_field_narrows_exactly_its_cells_and_reversed_it_widens_them()
    {
        _sources.Edit("data/purposes.yaml", SchoolFields, SchoolFields.Replace("case_lead_name, ", "", StringComparison.Ordinal));
        var changed = await _sources.BuildAsync("new");

        var narrowed = await Run.PolicyAsync("diff", "embedded", changed, "--purpose", "casusregie-vinden", "--json");
        var widened = await Run.PolicyAsync("diff", changed, "embedded", "--purpose", "casusregie-vinden", "--json");

        Assert.Equal((0, 1), (narrowed.ExitCode, widened.ExitCode));
        string[] expected = ["casusregie-vinden onderwijs regie read", "casusregie-vinden onderwijs regie subscribe"];
        Assert.Equal(expected.Select(cell => "narrows " + cell), Cells(narrowed));
        Assert.Equal(expected.Select(cell => "widens " + cell), Cells(widened));
    }

    [Fact]
    public async Task A_condition_that_is_dropped_opens_although_no_favourable_cell_flips()
    {
        _sources.Edit("data/purposes.yaml", "requires: [risk_assessed]\n", "\n");
        var changed = await _sources.BuildAsync("new");

        var run = await Run.PolicyAsync("diff", "embedded", changed, "--purpose", "betrokkenheid-jeugd", "--cases", _sources.Cases, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.All(run.Json.GetProperty("cells").EnumerateArray(), cell =>
        {
            Assert.Equal("opens", cell.GetProperty("change").GetProperty("kind").GetString());
            Assert.Equal("betrokkenheid-jeugd", cell.GetProperty("purpose").GetString());
            Assert.Equal(["without risk_assessed"], cell.GetProperty("situations").EnumerateArray().Select(s => s.GetString()));
        });
        Assert.Equal(12, run.Json.GetProperty("cells").GetArrayLength());
        Assert.All(run.Json.GetProperty("cases").EnumerateArray(), flip => Assert.Contains("RISK_NOT_ASSESSED", flip.GetProperty("change").GetProperty("before").GetString(), StringComparison.Ordinal));
        Assert.NotEmpty(run.Json.GetProperty("cases").EnumerateArray());
    }

    [Fact]
    public async Task What_opens_is_told_first_then_what_widens_as_a_longer_term_does()
    {
        const string Before = "schuldhulp: [schuldhulpverlener]\n    secrecy: consent\n    consent: false\n    informed: required\n    involvement: {caller: true, target: true}\n    retention_days: 3650";
        _sources.Edit("data/purposes.yaml", Before,
            Before.Replace("[schuldhulpverlener]", "[schuldhulpverlener, budgetcoach]", StringComparison.Ordinal).Replace("3650", "3651", StringComparison.Ordinal));
        var changed = await _sources.BuildAsync("new");

        var run = await Run.PolicyAsync("diff", "embedded", changed, "--purpose", "naw-hergebruik");

        Assert.Equal(1, run.ExitCode);
        Assert.InRange(run.Output.IndexOf("OPENS", StringComparison.Ordinal), 0, run.Output.IndexOf("WIDENS", StringComparison.Ordinal));
        Assert.Contains("as budgetcoach", run.Output, StringComparison.Ordinal);
        Assert.Contains("delete-after:3651d", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_learns_of_whom_is_compared_as_well()
    {
        _sources.Edit("data/organisation-types.yaml", "    justice: {social: contact, protection: contact}\n  volwassenen:", "    justice: {social: full, protection: contact, health: contact}\n  volwassenen:");
        var changed = await _sources.BuildAsync("new");

        var opens = await Run.PolicyAsync("diff", "embedded", changed, "--purpose", "betrokkenheid-jeugd", "--json");
        var closes = await Run.PolicyAsync("diff", changed, "embedded", "--purpose", "betrokkenheid-jeugd");

        Assert.Equal((1, 0), (opens.ExitCode, closes.ExitCode));
        Assert.Equal(
            ["opens politie ggd,ggz,huisarts none contact", "widens politie gemeente,maatschappelijk-werk,schuldhulp,wijkteam contact full"],
            opens.Json.GetProperty("matches").EnumerateArray().Select(match =>
            {
                var change = match.GetProperty("change");
                return $"{Text(change, "kind")} {Text(match, "viewer")} {string.Join(',', match.GetProperty("holders").EnumerateArray().Select(h => h.GetString()))} {Text(change, "before")} {Text(change, "after")}";
            }));
        Assert.Contains("betrokkenheid-jeugd: politie learns of ggd, ggz, huisarts\n    contact -> none", closes.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purpose_nobody_knows_is_refused_with_those_there_are()
    {
        var run = await Run.PolicyAsync("diff", "embedded", "embedded", "--purpose", "kermis");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'kermis' is in neither register; one of betrokkenheid-jeugd", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_that_is_not_there_is_refused()
    {
        var run = await Run.PolicyAsync("diff", "embedded", "nowhere.tar.gz");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("nowhere.tar.gz: cannot be read", run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Cells(Run run) => run.Json.GetProperty("cells").EnumerateArray().Select(cell =>
        string.Join(' ', Text(cell.GetProperty("change"), "kind"), Text(cell, "purpose"), Text(cell, "caller"), Text(cell, "category"), Text(cell, "operation")));

    private static string? Text(JsonElement parent, string name) => parent.GetProperty(name).GetString();
}
