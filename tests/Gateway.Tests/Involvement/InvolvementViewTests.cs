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
        Assert.True(_view.TryApply(The.Person, The.Involvement(The.Wijkteam), out _));

        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
        Assert.False(_view.IsInvolved(The.VeiligThuis, The.Person, The.Purpose));
        Assert.False(_view.IsInvolved(The.Wijkteam, The.AnotherPerson, The.Purpose));
    }

    [Fact]
    public void A_shielded_involvement_counts_for_its_own_organisation()
    {
        _view.TryApply(The.Person, The.Involvement(The.Wijkteam, shielded: true), out _);
        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
    }

    [Fact]
    public void Only_a_newer_version_has_effect_also_after_the_end()
    {
        Assert.True(_view.TryApply(The.Person, The.Involvement(The.Wijkteam, version: 2), out _));
        Assert.False(_view.TryApply(The.Person, The.Involvement(The.Wijkteam, version: 2), out _));
        Assert.False(_view.TryApply(The.Person, The.Involvement(The.Wijkteam, version: 1), out _));
        Assert.True(_view.TryApply(The.Person, The.Involvement(The.Wijkteam, version: 3, change: Change.Ended), out var before));
        Assert.Equal(2, before!.Version);
        Assert.False(_view.TryApply(The.Person, The.Involvement(The.Wijkteam, version: 2), out _));
        Assert.False(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
        Assert.True(_view.TryApply(The.Person, The.Involvement(The.Wijkteam, version: 4), out _));
        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
    }

    [Fact]
    public void One_of_two_involvements_may_end_and_the_organisation_is_still_involved()
    {
        _view.TryApply(The.Person, The.Involvement(The.Wijkteam, "i1"), out _);
        _view.TryApply(The.Person, The.Involvement(The.Wijkteam, "i2"), out _);
        _view.TryApply(The.Person, The.Involvement(The.Wijkteam, "i1", 2, Change.Ended), out _);
        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));

        _view.Forget(The.Person, The.Wijkteam, "i2");
        Assert.False(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
        _view.Forget(The.Person, The.Wijkteam, "i1");
        Assert.Empty(_view.Of(The.Person));
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        _view.TryApply(The.Person, The.Involvement(The.Wijkteam), out _);
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
        _view.TryApply(The.Person, The.Involvement(The.VeiligThuis), out _);
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
            _view.TryApply(The.Person, The.Involvement(The.Wijkteam, version: version), out _);
        }

        await done.CancelAsync();
        Assert.Equal(0, await reader);
    }
}
