using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.EndToEnd;

/// <summary>From a call over mTLS to the notification streams of both case systems: the crisis scenario, in a federation of its own.</summary>
public sealed class BreakGlassTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Break_glass_in_a_crisis_reaches_the_officers_of_both_organisations_and_the_refused_attempts_reach_nobody()
    {
        var token = TestContext.Current.CancellationToken;
        var scenario = Demo.Scenario.Load("02");
        await using var federation = await Demo.Federation.StartAsync(scenario, null, verbose: false, token);
        var (vt, gemeente) = (federation.Systems["vt"], federation.Systems["gemeente"]);
        var ask = new Ask
        {
            Target = Oin.Parse(scenario.Participant("gemeente").Oin),
            Subject = await vt.PseudonymOfAsync(scenario.Person("baby"), token),
            Purpose = "crisis-afstemmen",
            Actor = "mw-17",
            ActorRole = "crisismedewerker",
            Facts = RunningFederation.Facts("""{"crisis_level": "red", "subject_age": 0}"""),
        };

        await Assert.ThrowsAsync<KetenException>(() => vt.Gateway.GetPersonAsync(ask, token));
        await Assert.ThrowsAsync<KetenException>(() => vt.Gateway.GetPersonAsync(ask with { Justification = "spoed" }, token));
        var answer = await vt.Gateway.GetPersonAsync(ask with { Justification = "Baby met fracturen in ziekenhuis, ouders vertrekken nu" }, token);

        Assert.True(answer.Disclosure.BreakGlass);
        var (atCaller, atTarget) = (await NextAsync(vt), await NextAsync(gemeente));
        Assert.Equal((answer.Disclosure.DecisionId, "mw-17"), (atCaller.DecisionId, atCaller.Actor));
        Assert.Equal((answer.Disclosure.DecisionId, ""), (atTarget.DecisionId, atTarget.Actor));
        Assert.Equal("Baby met fracturen in ziekenhuis, ouders vertrekken nu", atTarget.Justification);
        Assert.Equal((vt.Participant.Oin, gemeente.Participant.Oin, "naw"), (atTarget.CallerOin, atTarget.TargetOin, atTarget.Category));
    }

    private static async Task<BreakGlassUsed> NextAsync(Demo.CaseManagementSystem system)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            if ((await system.Heard.ReadAsync(limit.Token)).BreakGlassUsed is { } used)
            {
                return used;
            }
        }
    }
}
