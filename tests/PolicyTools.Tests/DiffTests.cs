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

        var narrowed = await Run.PolicyAsync("diff", "embedded", changed, "--json");
        var widened = await Run.PolicyAsync("diff", changed, "embedded", "--json");

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

        var run = await Run.PolicyAsync("diff", "embedded", changed, "--cases", _sources.Cases, "--json");

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
    public async Task A_longer_term_and_a_dropped_obligation_widen()
    {
        _sources.Edit("data/purposes.yaml", "retention_days: 30\n    obligations: []", "retention_days: 60\n    obligations: []");
        var changed = await _sources.BuildAsync("new");

        var run = await Run.PolicyAsync("diff", "embedded", changed, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.All(Cells(run), cell => Assert.StartsWith("widens ", cell, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_opens_is_told_first()
    {
        _sources.Edit("data/purposes.yaml", SchoolFields, SchoolFields.Replace("case_lead_name, ", "", StringComparison.Ordinal));
        _sources.Edit("data/purposes.yaml", "schuldhulp: [schuldhulpverlener]\n    secrecy: consent\n    consent: false\n    informed: required\n    involvement: {caller: true, target: true}\n    retention_days: 3650",
            "schuldhulp: [schuldhulpverlener, budgetcoach]\n    secrecy: consent\n    consent: false\n    informed: required\n    involvement: {caller: true, target: true}\n    retention_days: 3650");
        var changed = await _sources.BuildAsync("new");

        var run = await Run.PolicyAsync("diff", "embedded", changed);

        Assert.Equal(1, run.ExitCode);
        Assert.InRange(run.Output.IndexOf("OPENS", StringComparison.Ordinal), 0, run.Output.IndexOf("NARROWS", StringComparison.Ordinal));
        Assert.Contains("as budgetcoach", run.Output, StringComparison.Ordinal);
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
