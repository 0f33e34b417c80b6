using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.EndToEnd;

/// <summary>What must not be learned, also not by asking around it.</summary>
public sealed class SecrecyTests(RunningFederation running)
{
    [Fact]
    public async Task An_involvement_that_is_shielded_cannot_be_read_either()
    {
        Assert.Equal("Triage", Assert.Single(await InvolvementsAsync("vt")).ContactDesk);
        Assert.Empty(await InvolvementsAsync("gi"));

        async Task<IReadOnlyList<Involvement>> InvolvementsAsync(string target) =>
            (await running.Wijkteam.GetInvolvementAsync(await running.QuestionAsync(target) with { Purpose = "betrokkenheid-jeugd" })).Data;
    }

    [Fact]
    public async Task A_wrong_age_in_an_invitation_does_not_tell_whether_the_invited_know_the_person()
    {
        var vt = running.Federation.Systems["vt"].Gateway;
        var known = await vt.ConveneAsync(await InvitationAsync("gemeente", 11), Conference);
        var unknown = await vt.ConveneAsync(await InvitationAsync("gemeente", 11) with { Target = Oin.Parse(running.Scenario.Participant("wijkteam").Oin) }, Conference);
        Assert.Equal(known.Disclosure.ReasonCode, unknown.Disclosure.ReasonCode);

        async Task<Ask> InvitationAsync(string target, int age) => await running.QuestionAsync(target, "kind", "vt") with
        {
            Purpose = "veiligheid-beoordelen", ActorRole = "onderzoeker", Facts = RunningFederation.Facts($$"""{"subject_age": {{age}}}"""),
        };
    }

    [Fact]
    public async Task A_delivery_that_would_clog_the_receivers_inbox_is_refused()
    {
        var vt = running.Federation.Systems["vt"].Gateway;
        var ask = await running.QuestionAsync("gemeente", "kind", "vt") with { Purpose = "veiligheid-beoordelen", ActorRole = "onderzoeker" };
        var refused = await Assert.ThrowsAsync<KetenException>(() => vt.ConveneAsync(ask, new Conference { ConferenceId = "c", LocationOrLink = new string('a', 100_000) }));
        Assert.Equal(Grpc.Core.StatusCode.ResourceExhausted, refused.Status);
    }

    private static Conference Conference => new() { ConferenceId = "mdo-1", ConferenceType = "mdo" };
}
