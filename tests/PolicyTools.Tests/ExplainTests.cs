using Keten.PolicyTools.Cases;
using Keten.PolicyTools.Explain;
using Keten.TestKit;

namespace Keten.PolicyTools.Tests;

public sealed class ExplainTests
{
    private static readonly string Cases = Path.Combine(Repository.Root, "src/PolicyBundles/keten/tests/policy-cases.json");

    [Fact]
    public async Task A_refusal_names_what_held_what_failed_the_grant_and_the_way_out_in_both_languages()
    {
        var run = await Run.PolicyAsync("explain", "--input", Cases, "--case", "pc-betrokkenheid-jeugd-11");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("✗ deny CALLER_NOT_INVOLVED, decided by R18b", run.Output, StringComparison.Ordinal);
        Assert.Contains("✓ R11 ", run.Output, StringComparison.Ordinal);
        Assert.Contains("✗ R18b  De vrager is zelf betrokken bij de persoon. NEE.", run.Output, StringComparison.Ordinal);
        Assert.Contains("The caller is involved with the person. NO.", run.Output, StringComparison.Ordinal);
        Assert.Contains("grondslag: Jeugdwet 7.1, Jeugdwet 7.1.4.1", run.Output, StringComparison.Ordinal);
        Assert.Contains("Registreer eerst uw betrokkenheid.", run.Output, StringComparison.Ordinal);
        Assert.Contains("Register your involvement first.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reason_the_caller_is_not_told_is_marked()
    {
        var id = CaseFile.Read(Cases).Cases.First(c => c.Expect.GetProperty("reason_code").GetString() == "TARGET_NOT_INVOLVED").Id;

        var run = await Run.PolicyAsync("explain", "--input", Cases, "--case", id);

        Assert.Contains("TARGET_NOT_INVOLVED  (for the log only; the caller is not told)", run.Output, StringComparison.Ordinal);
        Assert.Contains("ACCESS_NOT_PERMITTED  (the caller is told this)", run.Output, StringComparison.Ordinal);
    }

    /// <summary>The explanation and the decision never contradict each other.</summary>
    [Fact]
    public void Every_case_is_explained_consistently()
    {
        using var policy = LoadedPolicy.Open(null);
        Assert.All(CaseFile.Read(Cases).Cases, example =>
        {
            var explanation = Explanation.Of(policy, example.Input);
            var steps = explanation.Steps.ToDictionary(step => step.Rule, step => step.Status, StringComparer.Ordinal);
            var failed = explanation.Steps.Where(step => step.Status == RuleStatus.Failed).Select(step => step.Rule).ToList();
            Assert.Equal(27, explanation.Steps.Count);
            if (explanation.Answer.Allow)
            {
                Assert.Empty(failed);
                Assert.DoesNotContain(RuleStatus.NotReached, steps.Values);
                Assert.Equal(explanation.Answer.BreakGlass, steps.ContainsValue(RuleStatus.SetAside));
                Assert.NotNull(explanation.Grant);
                Assert.Subset(explanation.Grant.Fields.ToHashSet(), explanation.Answer.Fields.ToHashSet());
            }
            else
            {
                Assert.Contains(explanation.Answer.Rule, failed);
                Assert.Equal(explanation.Answer.Rule == "R19" ? 2 : 1, failed.Count);
            }
        });
    }

    [Fact]
    public async Task A_question_may_come_from_stdin_as_AuthZEN_or_as_a_case()
    {
        const string AuthZen =
            """{"subject":{"properties":{"organisation_type":"wijkteam","role":"wijkcoach"}},"action":{"name":"read"},"resource":{"type":"naw","properties":{"organisation_type":"gemeente"}},"context":{"purpose":"naw-hergebruik","caller_involved":true,"subject_informed":true,"target_involved":true}}""";
        const string Case =
            """{"caller":{"type":"wijkteam","role":"wijkcoach"},"operation":"read","category":"naw","target":{"type":"gemeente"},"purpose":"naw-hergebruik","context":{"caller_involved":true,"subject_informed":true,"target_involved":true}}""";
        foreach (var question in new[] { AuthZen, Case })
        {
            var run = await Run.PolicyAsync(question, ["explain", "--input", "-", "--json"], TestContext.Current.CancellationToken);

            Assert.Equal("ALLOWED", run.Json.GetProperty("answer").GetProperty("reasonCode").GetString());
        }
    }

    [Theory]
    [InlineData("""{"subject":""", 2, "stdin:1: not JSON")]
    [InlineData("""{"cases":[{"id":"a","expect":{"decision":"deny","reason_code":"X"}}]}""", 2, "say which with --case ID")]
    [InlineData("""5""", 0, "")]
    [InlineData("""{"context":"x","subject":[]}""", 0, "")]
    public async Task Odd_input_is_explained_or_refused_but_never_breaks(string text, int code, string error)
    {
        var run = await Run.PolicyAsync(text, ["explain", "--input", "-"], TestContext.Current.CancellationToken);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
        Assert.True(code == 2 || run.Output.Contains("INPUT_INVALID, decided by R1", StringComparison.Ordinal));
    }
}
