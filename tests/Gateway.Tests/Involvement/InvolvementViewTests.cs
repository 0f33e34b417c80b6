using Keten.Gateway.Involvement;
using Keten.Gateway.Involvement.View;
using Keten.Protocol.V1;

namespace Keten.Gateway.Tests.Involvement;

public sealed class InvolvementViewTests
{
    private readonly InvolvementView _view = new(new InvolvementReadiness());

    [Fact]
    public void Only_the_organisation_that_reported_it_is_involved_and_only_with_that_person()
    {
        Assert.True(Apply(The.Record(The.Wijkteam)));

        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
        Assert.False(_view.IsInvolved(The.VeiligThuis, The.Person, The.Purpose));
        Assert.False(_view.IsInvolved(The.Wijkteam, The.AnotherPerson, The.Purpose));
    }

    [Fact]
    public void A_shielded_involvement_counts_for_its_own_organisation()
    {
        Apply(The.Record(The.Wijkteam, shielded: true));
        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
    }

    [Fact]
    public void Only_a_newer_version_has_effect_also_after_the_end()
    {
        Assert.True(Apply(The.Record(The.Wijkteam, version: 2)));
        Assert.False(Apply(The.Record(The.Wijkteam, version: 2)));
        Assert.False(Apply(The.Record(The.Wijkteam, version: 1)));
        var ended = _view.Table.Apply(The.Person, The.Record(The.Wijkteam, version: 3, change: Change.Ended), The.Now);
        Assert.Equal((true, 2), (ended.Changed, ended.Before!.Version));
        Assert.False(Apply(The.Record(The.Wijkteam, version: 2)));
        Assert.False(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
        Assert.True(Apply(The.Record(The.Wijkteam, version: 4)));
        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
    }

    [Fact]
    public void One_of_two_involvements_may_end_and_the_organisation_is_still_involved()
    {
        Apply(The.Record(The.Wijkteam, "i1"));
        Apply(The.Record(The.Wijkteam, "i2"));
        Apply(The.Record(The.Wijkteam, "i1", 2, Change.Ended));
        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));

        Assert.True(_view.Table.TryForget(The.Person, The.Wijkteam, "i2", 1));
        Assert.False(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
        Assert.True(_view.Table.TryForget(The.Person, The.Wijkteam, "i1", 2));
        Assert.Empty(_view.Table.Of(The.Person));
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        Apply(The.Record(The.Wijkteam));
        _view.IsInvolved(The.Wijkteam, The.Person, The.Purpose);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            _view.IsInvolved(The.Wijkteam, The.Person, The.Purpose);
            _view.IsInvolved(The.VeiligThuis, The.AnotherPerson, The.Purpose);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Readers_never_see_a_person_half_changed()
    {
        using var done = new CancellationTokenSource();
        Apply(The.Record(The.VeiligThuis));
        var reader = Task.Run(() =>
        {
            var missed = 0;
            while (!done.IsCancellationRequested)
            {
                missed += _view.IsInvolved(The.VeiligThuis, The.Person, The.Purpose) ? 0 : 1;
            }

            return missed;
        });
        for (var version = 1; version <= 20_000; version++)
        {
            Apply(The.Record(The.Wijkteam, version: version));
        }

        await done.CancelAsync();
        Assert.Equal(0, await reader);
    }

    private bool Apply(AuthorisedInvolvement record) => _view.Table.Apply(The.Person, record, The.Now).Changed;
}
