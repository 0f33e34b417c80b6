using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;
using Keten.Protocol.V1;

namespace Keten.Gateway.Tests.Involvement;

/// <summary>Rules M2 and M6, without policy: which directions a step may change.</summary>
public sealed class PairingTests
{
    private static readonly HeldInvolvement Own = The.Involvement(The.Wijkteam);
    private static readonly HeldInvolvement Other = The.Involvement(The.VeiligThuis);

    [Fact]
    public void A_start_opens_both_directions()
    {
        var directions = Of(null, Own, Other);

        Assert.Equal(
            [(Other, null, Own), (Own, null, Other)],
            directions.Select(d => (d.Viewer, d.Was, d.Is)));
    }

    [Fact]
    public void An_end_closes_the_direction_of_those_who_stay()
    {
        var ended = The.Involvement(The.Wijkteam, version: 2, change: Change.Ended);

        var direction = Assert.Single(Of(Own, ended, Other));

        Assert.Equal((Other, Own, null, 2L), (direction.Viewer, direction.Was, direction.Is, direction.HolderVersion));
    }

    [Fact]
    public void An_update_touches_only_what_others_see_of_it()
    {
        var updated = The.Involvement(The.Wijkteam, version: 2, change: Change.Updated);

        var direction = Assert.Single(Of(Own, updated, Other));

        Assert.Equal((Other, Own, updated), (direction.Viewer, direction.Was, direction.Is));
    }

    [Fact]
    public void The_same_organisation_another_purpose_or_an_ended_involvement_makes_no_pair() => Assert.Empty(Of(
        null, Own,
        The.Involvement(The.Wijkteam, "i2"),
        The.Involvement(The.VeiligThuis, purpose: "betrokkenheid-volwassenen"),
        The.Involvement(The.VeiligThuis, "i3", 2, Change.Ended)));

    [Fact]
    public void A_change_of_purpose_ends_the_one_pair_and_makes_the_other()
    {
        var adult = The.Involvement(The.VeiligThuis, "i2", purpose: "betrokkenheid-volwassenen");
        var moved = The.Involvement(The.Wijkteam, version: 2, purpose: "betrokkenheid-volwassenen");

        var directions = Of(Own, moved, Other, adult);

        Assert.Equal(
            [(Other, Own, null), (adult, null, moved), (moved, null, adult)],
            directions.Select(d => (d.Viewer, d.Was, d.Is)));
    }

    private static List<Direction> Of(HeldInvolvement? before, HeldInvolvement after, params HeldInvolvement[] others) =>
        [.. Pairing.Of(new Transition(The.Person, new InvolvementChanged(), before, after, [after, .. others]))];
}
