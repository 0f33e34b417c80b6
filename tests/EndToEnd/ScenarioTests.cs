using Keten.Demo;

namespace Keten.EndToEnd;

/// <summary>Every scenario of the domain, through a federation of its own: each step that has a service goes as the scenario says.</summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Names => [.. Scenario.Embedded.Select(e => Path.GetFileName(e)[..2])];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_step_of_a_scenario_goes_as_expected(string name)
    {
        var token = TestContext.Current.CancellationToken;
        var scenario = Scenario.Load(name);
        await using var federation = await Federation.StartAsync(scenario, null, verbose: false, token);
        var player = new ScenarioPlayer(scenario, federation);
        var steps = new List<StepResult>();
        await foreach (var step in player.PlayAsync(token))
        {
            steps.Add(step);
        }

        await player.SettleAsync(token);
        Assert.Empty(steps.SelectMany(s => s.Differences().Select(d => $"{s.Step.Id}: {d}")));
        Assert.DoesNotContain(steps, s => s.IsSkipped && s.Step is { Kind: "call", Category: "naw" or "gezinssamenstelling" or "betrokkenheid", Target: not "gateway" });
        Assert.DoesNotContain(steps, s => s.IsSkipped && s.Step is { Kind: "call", Category: "plan" or "crisis-intake", Operation: "read" });
        var played = steps.Count(s => !s.IsSkipped);
        Assert.True(player.CountDecisions() >= played, "a step was played without a decision on the record");
    }

    [Fact]
    public void A_scenario_that_does_not_hold_together_is_refused_with_the_place()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, """{"id": "x", "title": "x", "summary": "x", "participants": [], "persons": [], "records": [], "events": [{"id": 7}]}""");
        var problem = Assert.Throws<ScenarioException>(() => Scenario.Load(path));
        Assert.Contains(path, problem.Message, StringComparison.Ordinal);
        Assert.Contains("line 1", problem.Message, StringComparison.Ordinal);
        Assert.Throws<ScenarioException>(() => Scenario.Load("no-such-scenario"));
    }
}
