using Grpc.Core;
using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Demo;
using Keten.Protocol.V1;

namespace Keten.EndToEnd;

/// <summary>The expertise directory: the gateway answers itself, behind the same steps as every other call.</summary>
public sealed class DirectoryTests(RunningFederation running)
{
    private static Ask Ask() => new()
    {
        Target = Federation.GatewayOin, Subject = null, Purpose = "expertise-vinden", Actor = "mw-17", ActorRole = "casusregisseur",
    };

    [Fact]
    public async Task Whoever_takes_part_finds_the_others_by_type_and_the_search_is_on_the_record()
    {
        var answer = await running.Wijkteam.SearchOrganisationsAsync(Ask(), new SearchOrganisationsRequest { OrganisationType = "veilig-thuis" });

        var found = Assert.Single(answer.Data);
        Assert.Equal(("00000099000000001000", "Veilig Thuis Test", "R"), (found.Oin, found.Name, found.Region));
        Assert.Contains("expertise", answer.Disclosure.Fields);
        var record = running.Decision(answer.Disclosure.DecisionId)!;
        Assert.Equal(("sociale-kaart", "search", "gateway", "", true), (record.Category, record.Action, record.Target.OrganisationType, record.Subject, record.Allowed));
    }

    [Fact]
    public async Task Only_the_fields_that_were_asked_come_back()
    {
        var answer = await running.Wijkteam.GetOrganisationAsync(Ask() with { Fields = ["region"] }, Oin.Parse("00000099000000001000"));

        Assert.Equal(new Organisation { Region = "R" }, answer.Data);
    }

    [Fact]
    public async Task An_organisation_that_does_not_take_part_is_not_found()
    {
        var refused = await Assert.ThrowsAsync<KetenException>(() => running.Wijkteam.GetOrganisationAsync(Ask(), Oin.Parse("00000099000000009999")));

        Assert.Equal(("ORGANISATION_UNKNOWN", StatusCode.NotFound), (refused.ReasonCode, refused.Status));
        Assert.NotEmpty(refused.DecisionId);
    }

    [Fact]
    public async Task Another_purpose_does_not_open_the_directory() => Assert.Equal("CATEGORY_NOT_IN_PURPOSE",
        (await Assert.ThrowsAsync<KetenException>(() => running.Wijkteam.SearchOrganisationsAsync(
            Ask() with { Purpose = "naw-hergebruik" }, new SearchOrganisationsRequest()))).ReasonCode);

    [Fact]
    public async Task A_person_has_no_place_in_the_question()
    {
        var person = (await running.QuestionAsync()).Subject;

        var refused = await Assert.ThrowsAsync<KetenException>(() => running.Wijkteam.SearchOrganisationsAsync(Ask() with { Subject = person }, new SearchOrganisationsRequest()));

        Assert.Equal("SUBJECT_NOT_ASKED", refused.ReasonCode);
    }

    [Fact]
    public async Task The_gateway_answers_for_no_adapter_and_no_adapter_for_the_gateway()
    {
        var toGateway = await Assert.ThrowsAsync<KetenException>(async () => await running.Wijkteam.GetPersonAsync(await running.QuestionAsync() with { Target = Federation.GatewayOin }));
        var toAdapter = await Assert.ThrowsAsync<KetenException>(() => running.Wijkteam.SearchOrganisationsAsync(
            Ask() with { Target = Oin.Parse("00000099000000001000") }, new SearchOrganisationsRequest()));

        Assert.Equal(("TARGET_NOT_A_SOURCE", "TARGET_NOT_A_SOURCE"), (toGateway.ReasonCode, toAdapter.ReasonCode));
    }
}
