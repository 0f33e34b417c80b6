using System.Text.Json;
using System.Xml.Linq;
using Keten.Cli.Log;
using Keten.Protocol.V1;

namespace Keten.PolicyTools.Tests.Log;

/// <summary>One answer made of the lines of many logs, and the page a person gets.</summary>
public sealed class SubjectAnswerTests
{
    private const string Gateway = "00000099000000009000";
    private const string Wijkteam = "00000099000000001004";
    private const string Gemeente = "00000099000000001003";
    private const string VeiligThuis = "00000099000000001000";
    private const string Portal = "00000099000000001017";

    private static readonly DateTimeOffset Asked = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("unknown", "disclosed", "disclosed")]
    [InlineData("unknown", "refused", "refused")]
    [InlineData("failed", "disclosed", "disclosed")]
    [InlineData("refused", "refused", "refused")]
    [InlineData("failed", "refused", "failed")]
    public void What_stands_in_two_logs_is_one_line_and_what_was_seen_counts(string atGateway, string atAdapter, string told)
    {
        var answer = Of(("d-1", atGateway), ("d-1", atAdapter));
        var entry = Assert.Single(answer.Entries);
        Assert.Equal(told, entry.Line.Outcome);
        Assert.Equal([Gateway, Gemeente], entry.Sources);
    }

    [Fact]
    public void Lines_without_a_decision_stay_apart() => Assert.Equal(2, Of(("", "received"), ("", "received")).Entries.Count);

    [Fact]
    public void An_answer_is_complete_only_when_everybody_who_answers_did()
    {
        Assert.True(Answer(SubjectSourceState.NothingToShow, SubjectSourceState.AskThere).IsComplete);
        Assert.False(Answer(SubjectSourceState.Answered, SubjectSourceState.NoAnswer).IsComplete);
        Assert.False(Answer(SubjectSourceState.Refused).IsComplete);
    }

    [Theory]
    [InlineData("nl")]
    [InlineData("en")]
    public void An_organisation_that_restricts_inspection_reads_as_one_that_has_nothing(string language)
    {
        ProcessingLine[] ordinary = [Line("d-1", "disclosed")];

        // Who has nothing was asked before, for the log and for data; who restricts did things, and refused the same questions.
        var nothing = Told(language, SubjectSourceState.Answered,
            [.. ordinary, Own("q-1", "disclosed"), Own("q-2", "refused", "naw")], [Own("q-1", "disclosed")], ordinary);
        var restricting = Told(language, SubjectSourceState.NothingToShow,
            [.. ordinary, Own("q-1", "refused"), Own("q-2", "refused", "naw"), Line("d-2", "disclosed", requester: VeiligThuis), Line("d-3", "disclosed", provider: VeiligThuis)], [],
            [.. ordinary, Line("d-2", "disclosed", requester: VeiligThuis), Line("", "received", "betrokkenheid-jeugd", "betrokkenheid", VeiligThuis)]);
        Assert.Equal(nothing, restricting);
        Assert.Contains(language == "nl" ? "heeft niets om te laten zien" : "has nothing to show", restricting.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("ACCESS_NOT_PERMITTED", restricting.Json, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_only_lines_that_are_left_out_reads_as_one_that_has_nothing()
    {
        var answer = Asking(SubjectSourceState.NothingToShow, [], [], [Line("", "received", provider: VeiligThuis)]);
        Assert.All(answer.Sources, source => Assert.Equal((SubjectSourceState.NothingToShow, ""), (source.State, source.Reason)));
    }

    [Fact]
    public void What_the_gateway_does_not_show_is_not_shown_through_the_counterparty()
    {
        var answer = Asking(SubjectSourceState.Answered, [Line("d-1", "disclosed")], [], [Line("d-1", "disclosed"), Line("d-2", "disclosed", requester: VeiligThuis)]);
        Assert.Equal("d-1", Assert.Single(answer.Entries).Line.DecisionId);
        Assert.Empty(Asking(SubjectSourceState.Answered, [], [], [Line("d-2", "disclosed", requester: VeiligThuis)]).Entries);
    }

    [Theory]
    [InlineData(nameof(SubjectSourceState.NoAnswer))]
    [InlineData(nameof(SubjectSourceState.Refused))]
    public void What_names_an_organisation_that_did_not_answer_waits_for_its_answer(string state)
    {
        var line = Line("d-2", "disclosed", requester: VeiligThuis);
        var answer = Asking(Enum.Parse<SubjectSourceState>(state), [line], [], [line]);
        Assert.Empty(answer.Entries);
        Assert.False(answer.IsComplete);
    }

    [Theory]
    [InlineData("nl")]
    [InlineData("en")]
    public void The_page_is_well_formed_names_who_did_not_answer_and_needs_no_other_file(string language)
    {
        using var policy = LoadedPolicy.Open(null);
        var page = SubjectPage.Write(Example(), new SubjectWords(policy.Register, language));
        if (Environment.GetEnvironmentVariable("KETEN_SHOW_PAGE") is { } show)
        {
            File.WriteAllText(Path.Combine(show, $"inzage-{language}.html"), page);
        }

        var html = XDocument.Parse(string.Join('\n', page.Split('\n').Where(line => !line.StartsWith("<meta", StringComparison.Ordinal) && !line.StartsWith("<!doctype", StringComparison.Ordinal))));
        Assert.Equal(language, html.Root!.Attribute("lang")!.Value);
        Assert.Equal(6, html.Descendants("tbody").Single().Elements("tr").Count());
        Assert.All(html.Descendants().Attributes(), a => Assert.DoesNotContain(a.Name.LocalName, (string[])["src", "href", "style", "onclick"]));
        Assert.Contains(language == "nl" ? "vraagt meer tijd" : "asks for more time", page, StringComparison.Ordinal);
        Assert.Contains("&lt;Wijkteam&gt; Zuid", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_come_from_the_register_and_times_are_those_of_the_Netherlands()
    {
        using var policy = LoadedPolicy.Open(null);
        var words = new SubjectWords(policy.Register, "nl");
        Assert.Equal("NAW eenmalig vastleggen en hergebruiken", words.Purpose("naw-hergebruik"));
        Assert.Equal("2 maart 2026, 10.30 uur", words.Moment(Asked));
        Assert.Equal("2 juli 2026, 11.30 uur", words.Moment(Asked.AddMonths(4)));
        Assert.Contains("Jeugdwet 7.1", words.LegalBasis(new ProcessingLine { Purpose = "betrokkenheid-jeugd" }));
        Assert.Equal(["Wet A"], words.LegalBasis(new ProcessingLine { Purpose = "betrokkenheid-jeugd", LegalBasis = { "Wet A" } }));
    }

    private static SubjectAnswer Example() => SubjectAnswer.Of(
        Asked,
        [
            (new SubjectSource(Gateway, "KetenGateway", "gateway", SubjectSourceState.Answered),
            [
                Line("d-1", "disclosed"), Line("d-2", "refused"), Line("d-3", "disclosed", "crisis-afstemmen", breakGlass: true),
                Line("d-4", "delivered", "betrokkenheid-jeugd", "betrokkenheid", provider: ""), Line("d-5", "unknown"),
            ]),
            (new SubjectSource(Gemeente, "Gemeente Waterveld", "gemeente", SubjectSourceState.Answered), [Line("", "received", "betrokkenheid-jeugd", "betrokkenheid")]),
            (new SubjectSource(Wijkteam, "<Wijkteam> Zuid", "wijkteam", SubjectSourceState.Answered), []),
            (new SubjectSource("s", "School", "onderwijs", SubjectSourceState.NoAnswer, "TARGET_NOT_REACHABLE"), []),
            (new SubjectSource("p", "Politie Eenheid Midden", "politie", SubjectSourceState.AskThere), []),
        ],
        new Dictionary<string, string> { [Gemeente] = "Gemeente Waterveld", [Wijkteam] = "<Wijkteam> Zuid" });

    private static (string Page, string Json) Told(
        string language, SubjectSourceState state, ProcessingLine[] ofGateway, ProcessingLine[] ofOne, ProcessingLine[] ofOther)
    {
        using var policy = LoadedPolicy.Open(null);
        var (answer, words) = (Asking(state, ofGateway, ofOne, ofOther), new SubjectWords(policy.Register, language));
        return (SubjectPage.Write(answer, words), JsonSerializer.Serialize(SubjectJson.Of(answer, words)));
    }

    private static SubjectAnswer Asking(SubjectSourceState state, ProcessingLine[] ofGateway, ProcessingLine[] ofOne, ProcessingLine[] ofOther) => SubjectAnswer.Of(
        Asked,
        [
            (new SubjectSource(Gateway, "KetenGateway", "gateway", SubjectSourceState.Answered), ofGateway),
            (new SubjectSource(VeiligThuis, "Veilig Thuis", "veilig-thuis", state, state == SubjectSourceState.Answered ? "" : "ACCESS_NOT_PERMITTED"), ofOne),
            (new SubjectSource(Gemeente, "Gemeente Waterveld", "gemeente", SubjectSourceState.Answered), ofOther),
        ],
        new Dictionary<string, string> { [Gemeente] = "Gemeente Waterveld", [VeiligThuis] = "Veilig Thuis" });

    private static ProcessingLine Own(string id, string outcome, string category = "verwerkingen-log") =>
        Line(id, outcome, "inzage-betrokkene", category, VeiligThuis, requester: Portal);

    private static SubjectAnswer Answer(params SubjectSourceState[] states) =>
        SubjectAnswer.Of(
            Asked, states.Select((state, i) => (new SubjectSource($"o-{i}", "G", "gemeente", state), (IReadOnlyList<ProcessingLine>)[])), new Dictionary<string, string>());

    private static SubjectAnswer Of((string Id, string Outcome) atGateway, (string Id, string Outcome) atAdapter) => SubjectAnswer.Of(
        Asked,
        [
            (new SubjectSource(Gateway, "G", "gateway", SubjectSourceState.Answered), [Line(atGateway.Id, atGateway.Outcome)]),
            (new SubjectSource(Gemeente, "A", "gemeente", SubjectSourceState.Answered), [Line(atAdapter.Id, atAdapter.Outcome)]),
        ],
        new Dictionary<string, string>());

    private static ProcessingLine Line(
        string id, string outcome, string purpose = "naw-hergebruik", string category = "naw", string provider = Gemeente, bool breakGlass = false,
        string requester = Wijkteam) => new()
    {
        DecisionId = id, OccurredAt = Asked.AddDays(-1).ToString("O"), RequestingOrganisation = requester, ProvidingOrganisation = provider, Purpose = purpose,
        Category = category, Outcome = outcome, BreakGlass = breakGlass, LegalBasis = { "Wet BRP 1.7", "AVG 6.1.e" },
    };
}
