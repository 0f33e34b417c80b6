using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Demo;
using Keten.TestKit;

namespace Keten.EndToEnd;

/// <summary>Withdrawn while connected: a federation of its own, because it does not heal.</summary>
public sealed class RevocationTests
{
    [Fact]
    public async Task An_open_subscription_of_a_revoked_participant_is_cut_within_five_seconds()
    {
        var token = TestContext.Current.CancellationToken;
        var scenario = Scenario.Load("01");
        await using var federation = await Federation.StartAsync(scenario, null, verbose: false, token);
        await foreach (var step in new ScenarioPlayer(scenario, federation).PlayAsync(token))
        {
            if (step.Step.Id == "e08")
            {
                break;
            }
        }

        var wijkteam = federation.Systems["wijkteam"];
        var ask = new Ask
        {
            Target = Oin.Parse(scenario.Participant("gemeente").Oin),
            Subject = await wijkteam.PseudonymOfAsync(scenario.Person("kind"), token),
            Purpose = "naw-hergebruik",
            Actor = "mw-1",
            ActorRole = "casusregisseur",
            Facts = RunningFederation.Facts("""{"subject_informed": true, "subject_age": 8}"""),
        };
        await using var stream = wijkteam.Gateway.WatchPersonAsync(ask, token).GetAsyncEnumerator(token);
        Assert.True(await stream.MoveNextAsync());
        Assert.Equal("Fenna", stream.Current.Data.GivenNames);

        federation.Authority.Revoke(Oin.Parse(wijkteam.Participant.Oin));
        var started = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<KetenException>(async () => await stream.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), token));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 5);

        var refused = await Assert.ThrowsAsync<KetenException>(() => wijkteam.Gateway.GetPersonAsync(ask, token));
        Assert.Equal("GATEWAY_NOT_REACHABLE", refused.ReasonCode);
    }

    [Fact]
    public async Task A_participant_that_is_suspended_is_refused_by_the_policy_and_a_broken_registry_changes_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        var scenario = Scenario.Load("01");
        await using var federation = await Federation.StartAsync(scenario, null, verbose: false, token);
        var wijkteam = federation.Systems["wijkteam"];
        var ask = new Ask
        {
            Target = Oin.Parse(scenario.Participant("gemeente").Oin), Subject = await wijkteam.PseudonymOfAsync(scenario.Person("kind"), token),
            Purpose = "naw-hergebruik", Actor = "mw-1", ActorRole = "casusregisseur",
        };
        Assert.Equal("CALLER_NOT_INVOLVED", await ReasonAsync());

        var registry = await File.ReadAllTextAsync(federation.RegistryPath, token);
        var at = registry.IndexOf("active", registry.IndexOf(wijkteam.Participant.Oin, StringComparison.Ordinal), StringComparison.Ordinal);
        await File.WriteAllTextAsync(federation.RegistryPath, registry[..at] + "suspended" + registry[(at + 6)..], token);
        await Within.SecondsAsync(5, async () => await ReasonAsync() == "PARTICIPANT_NOT_ACTIVE");

        await File.WriteAllTextAsync(federation.RegistryPath, "participants:\n  - oin: nonsense\n", token);
        await File.WriteAllTextAsync(federation.RegistryPath, registry, token);
        await Within.SecondsAsync(5, async () => await ReasonAsync() == "CALLER_NOT_INVOLVED");

        async Task<string> ReasonAsync() => (await Assert.ThrowsAsync<KetenException>(() => wijkteam.Gateway.GetPersonAsync(ask, token))).ReasonCode;
    }
}
