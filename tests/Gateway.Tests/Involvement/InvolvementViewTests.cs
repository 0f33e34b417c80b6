using Google.Protobuf.WellKnownTypes;
using Keten.Gateway.Involvement;
using Keten.Gateway.Involvement.View;
using Keten.Protocol.V1;

namespace Keten.Gateway.Tests.Involvement;

public sealed class InvolvementViewTests
{
    private readonly InvolvementView _view = new(new InvolvementReadiness(), new ViewProgress());

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
    public void An_invitation_counts_for_its_purpose_for_who_sent_it_and_who_was_invited()
    {
        var (sent, invited) = (The.Record(The.VeiligThuis, "convener:p", purpose: "p"), The.Record(The.Wijkteam, "invitation:p", purpose: "p"));
        (sent.Convener, invited.Invitation) = (true, true);
        Assert.True(Apply(sent) && Apply(invited));

        Assert.True(_view.IsInvolved(The.VeiligThuis, The.Person, "p"));
        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, "p"));
        Assert.False(_view.IsInvolved(The.VeiligThuis, The.Person, The.Purpose));
        Assert.False(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
        Assert.True(_view.IsInvited(The.Wijkteam, The.Person, "p"));
        Assert.False(_view.IsInvited(The.VeiligThuis, The.Person, "p"));
    }

    [Theory]
    [InlineData("i1")]
    [InlineData("019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071")]
    [InlineData("019A2B3C-4D5E-7F60-8A1B-2C3D4E5F6071")]
    [InlineData("sixteen-chars-16")]
    [InlineData("casus.2026_000000000000000000000000000000000000000000000123456")]
    public void What_is_held_is_what_was_let_in(string id)
    {
        var record = The.Record(The.Wijkteam, id, version: 7, shielded: true);
        record.DecisionId = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6072";
        record.Obligations.Add(["a", "b"]);
        record.AgeLimitOn = "2035-04-01";
        (record.Reminded, record.LeadEscalated) = (true, true);
        record.AuthorisedAt = record.ActiveSince = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero).ToTimestamp();
        record.Event.OccurredAt = The.Now.ToTimestamp();
        record.Event.Involvement = new()
        {
            InvolvementId = id, Organisation = "De wijkteam", ContactProfessional = "J. de Vries", StartedOn = "2025-11-23", EndedOn = "soon",
            LastConfirmedOn = "2026-2-1", Status = "active", CaseLead = false,
        };
        var expected = record.Clone();

        Assert.True(Apply(record));

        Assert.Equal(expected, _view.Table.Find(The.Person, The.Wijkteam, id)!.ToAuthorised());
        Assert.Null(_view.Table.Find(The.Person, The.Wijkteam, id + "x"));
    }

    [Fact]
    public void What_the_gateway_adds_to_a_version_counts_once_and_what_is_over_stays_over()
    {
        Apply(The.Record(The.Wijkteam));
        var ended = The.Record(The.Wijkteam, change: Change.Ended);
        ended.EndReason = EndReason.NotConfirmed;
        Assert.True(Apply(ended.Clone()));
        Assert.False(Apply(ended));

        var late = The.Record(The.Wijkteam);
        late.Reminded = true;
        var applied = _view.Table.Apply(The.Person, late, The.Now);
        Assert.Equal((true, true, false), (applied.Changed, applied.Lost, applied.After!.Active));

        var older = _view.Table.Apply(The.Person, The.Record(The.Wijkteam), The.Now);
        Assert.Equal((false, true), (older.Changed, older.Lost));
        Assert.True(Apply(The.Record(The.Wijkteam, version: 2)));
        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
    }

    [Fact]
    public void A_tombstone_forgets_only_what_is_no_newer_than_it()
    {
        Apply(The.Record(The.Wijkteam, version: 2));
        Assert.False(_view.Table.TryForget(The.Person, The.Wijkteam, "i1", 1, The.Now));
        Assert.True(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
        Assert.True(_view.Table.TryForget(The.Person, The.Wijkteam, "i1", 2, The.Now));
        Assert.Equal(0, _view.Table.Count);
        Assert.Equal(0, _view.Table.Vocabulary.Cards.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_was_still_being_written_does_not_bring_back_what_is_forgotten(long version)
    {
        Apply(The.Record(The.Wijkteam, version: 2));
        _view.Table.TryForget(The.Person, The.Wijkteam, "i1", 2, The.Now);
        var late = The.Record(The.Wijkteam, version: version);
        late.Reminded = true;

        var applied = _view.Table.Apply(The.Person, late, The.Now);

        Assert.Equal((false, true), (applied.Changed, applied.Lost));
        Assert.False(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
        Assert.Empty(_view.Table.Of(The.Person));
        Assert.Null(_view.Table.Find(The.Person, The.Wijkteam, "i1"));
        Assert.Equal((true, 2), (_view.Table.FindLast(The.Person, The.Wijkteam, "i1")!.Forgotten, _view.Table.FindLast(The.Person, The.Wijkteam, "i1")!.Version));
        Assert.Equal((0, 0), (_view.Table.Count, _view.Table.Vocabulary.Cards.Count));
    }

    [Fact]
    public void What_is_forgotten_may_be_reported_anew_and_is_new_then()
    {
        Apply(The.Record(The.Wijkteam, version: 2));
        _view.Table.TryForget(The.Person, The.Wijkteam, "i1", 2, The.Now);

        var anew = _view.Table.Apply(The.Person, The.Record(The.Wijkteam, version: 3), The.Now);

        Assert.Equal((true, false, null), (anew.Changed, anew.Lost, anew.Before));
        Assert.Equal(1, _view.Table.Count);
    }

    [Fact]
    public void That_something_was_forgotten_is_forgotten_after_eight_days_also_where_it_was_never_held()
    {
        Apply(The.Record(The.Wijkteam));
        Assert.True(_view.Table.TryForget(The.Person, The.Wijkteam, "i1", 1, The.Now));
        Assert.True(_view.Table.TryForget(The.Person, The.VeiligThuis, "i1", 1, The.Now));
        Assert.Empty(_view.Table.ReadDue(PackedDay.Of(The.Now.AddDays(7))));
        Assert.NotNull(_view.Table.FindLast(The.Person, The.VeiligThuis, "i1"));

        Assert.Empty(_view.Table.ReadDue(PackedDay.Of(The.Now.AddDays(8))));
        Assert.Null(_view.Table.FindLast(The.Person, The.Wijkteam, "i1"));
        Assert.Null(_view.Table.FindLast(The.Person, The.VeiligThuis, "i1"));
        Assert.Equal(0, _view.Table.Count);
    }

    [Fact]
    public void A_tombstone_that_tells_no_version_forgets_what_is_held_and_nothing_else()
    {
        Apply(The.Record(The.Wijkteam, version: 5));
        Assert.True(_view.Table.TryForget(The.Person, The.Wijkteam, "i1", long.MaxValue, The.Now));
        Assert.True(_view.Table.TryForget(The.Person, The.VeiligThuis, "i1", long.MaxValue, The.Now));

        Assert.Equal(5, _view.Table.FindLast(The.Person, The.Wijkteam, "i1")!.Version);
        Assert.True(Apply(The.Record(The.Wijkteam, version: 6)));
        Assert.True(Apply(The.Record(The.VeiligThuis)));
    }

    [Fact]
    public void Many_come_and_go_and_the_rest_are_found()
    {
        const int Many = 20_000;
        foreach (var number in Enumerable.Range(0, Many))
        {
            _view.Table.Apply(The.SomePerson(number), The.Record(The.Wijkteam, $"i{number}"), The.Now, describe: false);
        }

        foreach (var number in Enumerable.Range(0, Many).Where(n => n % 3 > 0))
        {
            Assert.True(_view.Table.TryForget(The.SomePerson(number), The.Wijkteam, $"i{number}", 1, The.Now));
        }

        foreach (var number in Enumerable.Range(0, Many))
        {
            Assert.Equal(number % 3 == 0, _view.IsInvolved(The.Wijkteam, The.SomePerson(number), The.Purpose));
        }

        Assert.Equal((Many + 2) / 3, _view.Table.Count);
        Assert.Equal((Many + 2) / 3, _view.Table.ReadDue(PackedDay.Of(The.Now.AddDays(300))).Count());
        Assert.Empty(_view.Table.ReadDue(PackedDay.Of(The.Now)));
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

        Assert.True(_view.Table.TryForget(The.Person, The.Wijkteam, "i2", 1, The.Now));
        Assert.False(_view.IsInvolved(The.Wijkteam, The.Person, The.Purpose));
        Assert.True(_view.Table.TryForget(The.Person, The.Wijkteam, "i1", 2, The.Now));
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
