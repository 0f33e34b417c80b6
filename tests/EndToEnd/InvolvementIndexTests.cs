using Keten.Client;
using Keten.Demo;

namespace Keten.EndToEnd;

/// <summary>Who is involved with this person? Answered by the gateway itself, to who may know, of each as much as may be known.</summary>
public sealed class InvolvementIndexTests(RunningFederation running)
{
    private async Task<Ask> AskAsync(string person = "kind", string caller = "wijkteam") =>
        await running.QuestionAsync("vt", person, caller) with { Target = Federation.GatewayOin, Purpose = "betrokkenheid-jeugd" };

    [Fact]
    public async Task Who_is_involved_sees_the_others_but_not_itself_and_not_who_is_shielded()
    {
        var answer = await running.Wijkteam.ListInvolvedAsync(await AskAsync());

        Assert.Equal(["gemeente", "gemeente", "veilig-thuis"], answer.Data.Select(i => i.Involvement.OrganisationType).Order());
        Assert.All(answer.Data, i => Assert.False(i.Involvement.HasInvolvementId));
        var record = running.Decision(answer.Disclosure.DecisionId)!;
        Assert.Equal(
            ("betrokkenheid", "subscribe", "gateway", "betrokkenheid-jeugd", true),
            (record.Category, record.Action, record.Target.OrganisationType, record.Purpose, record.Allowed));
    }

    [Fact]
    public async Task Who_is_shielded_sees_the_others()
    {
        var answer = await running.Federation.Systems["gi"].Gateway.ListInvolvedAsync(await AskAsync(caller: "gi") with { ActorRole = "jeugdbeschermer" });

        Assert.Equal(["gemeente", "gemeente", "veilig-thuis", "wijkteam"], answer.Data.Select(i => i.Involvement.OrganisationType).Order());
    }

    [Fact]
    public async Task Only_the_fields_that_were_asked_come_back()
    {
        var answer = await running.Wijkteam.ListInvolvedAsync(await AskAsync() with { Fields = ["organisation_type"] });

        Assert.All(answer.Data, i => Assert.Equal(new Protocol.V1.Involvement { OrganisationType = i.Involvement.OrganisationType }, i.Involvement));
    }

    [Fact]
    public async Task Who_is_not_involved_learns_nothing() => Assert.Equal("CALLER_NOT_INVOLVED", await ReasonAsync(
        await AskAsync("moeder") with { Facts = RunningFederation.Facts("""{"subject_informed": true, "subject_age": 17}""") }));

    [Fact]
    public async Task Nobody_but_the_gateway_is_asked_this() => Assert.Equal("TARGET_NOT_A_SOURCE", await ReasonAsync(
        await running.QuestionAsync("vt") with { Purpose = "betrokkenheid-jeugd" }));

    private async Task<string> ReasonAsync(Ask ask) =>
        (await Assert.ThrowsAsync<KetenException>(() => running.Wijkteam.ListInvolvedAsync(ask))).ReasonCode;
}
