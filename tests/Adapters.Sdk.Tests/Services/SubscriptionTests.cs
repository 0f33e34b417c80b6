using Grpc.Core;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Contracts;
using Keten.Protocol.V1;
using Keten.TestKit;
using static Keten.Adapters.Sdk.Tests.Hosting.ThePermit;

namespace Keten.Adapters.Sdk.Tests.Services;

/// <summary>The clock is the test's: the source is read again when it says so.</summary>
public sealed class SubscriptionTests : IAsyncDisposable
{
    private readonly TheAdapter _adapter = TheAdapter.Start();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));

    public ValueTask DisposeAsync()
    {
        _limit.Dispose();
        return _adapter.DisposeAsync();
    }

    [Fact]
    public async Task Says_what_is_at_once_and_then_only_what_changed()
    {
        using var call = Watch(For(WatchPerson));
        Assert.Equal("Noor", (await NextAsync(call)).Person.GivenNames);
        await ReadAgainAsync();
        await ReadAgainAsync();
        _adapter.Source.Person = () => Changed(p => p.City = "Ginds");
        await ReadAgainAsync();
        Assert.Equal("Ginds", (await NextAsync(call)).Person.City);
        Assert.Equal([0, 1], _adapter.Disclosures().Select(d => d.Sequence));
    }

    [Fact]
    public async Task A_change_the_caller_may_not_see_is_no_message_and_no_disclosure()
    {
        var permit = For(WatchPerson, p => p.Fields.Remove("email"));
        using var call = Watch(permit);
        await NextAsync(call);
        _adapter.Source.Person = () => Changed(p => p.Email = "weg@voorbeeld.nl");
        await ReadAgainAsync();
        _adapter.Source.Person = () => Changed(p => p.City = "Ginds");
        await ReadAgainAsync();
        var next = await NextAsync(call);
        Assert.Equal(("Ginds", false), (next.Person.City, next.Person.HasEmail));
        Assert.Equal([0, 1], _adapter.Disclosures().Select(d => d.Sequence));
    }

    [Fact]
    public async Task An_address_that_became_secret_is_gone_from_the_next_message()
    {
        using var call = Watch(For(WatchPerson));
        Assert.True((await NextAsync(call)).Person.HasStreet);
        _adapter.Source.Facts = () => new PersonFacts { SecretAddress = true };
        _adapter.Source.Person = () => Changed(p => p.Street = "Schuilplaats");
        await ReadAgainAsync();
        var next = await NextAsync(call);
        Assert.False(next.Person.HasStreet || next.Person.HasCity);
    }

    [Fact]
    public async Task Ends_when_what_may_be_told_is_more_than_the_terms_that_were_told()
    {
        _adapter.Source.Facts = () => new PersonFacts { SecretAddress = true };
        using var call = Watch(For(WatchPerson));
        Assert.False((await NextAsync(call)).Person.HasStreet);
        _adapter.Source.Facts = () => new PersonFacts { SecretAddress = false };
        _adapter.Source.Person = () => Changed(p => p.City = "Ginds");
        await ReadAgainAsync();
        Assert.Equal("SUBSCRIPTION_ENDED", await ReasonAsync(() => NextAsync(call)));
    }

    [Fact]
    public async Task Ends_with_the_reason_when_the_ground_is_gone()
    {
        using var call = Watch(For(WatchPerson));
        await NextAsync(call);
        _adapter.Source.Facts = () => new PersonFacts { BirthDate = new DateOnly(2000, 1, 1) };
        _adapter.Source.Person = () => Changed(p => p.City = "Ginds");
        await ReadAgainAsync();
        Assert.Equal("ASSERTION_CONTRADICTED", await ReasonAsync(() => NextAsync(call)));
        Assert.Equal([false, true], _adapter.Disclosures().Select(d => d.Allowed));
    }

    [Fact]
    public async Task Ends_after_a_quarter_of_an_hour_so_that_its_ground_is_decided_anew()
    {
        using var call = Watch(For(WatchPerson));
        await NextAsync(call);
        _adapter.Time.Advance(TimeSpan.FromMinutes(15));
        var refused = await Assert.ThrowsAsync<RpcException>(() => NextAsync(call));
        Assert.Equal((StatusCode.Unavailable, "SUBSCRIPTION_ENDED"), (refused.StatusCode, refused.Trailers.GetValue(KetenHeaders.Reason)));
    }

    [Fact]
    public async Task A_subscriber_that_hangs_up_is_not_read_for_any_longer()
    {
        using var call = Watch(For(WatchPerson));
        await NextAsync(call);
        call.Dispose();
        await Within.SecondsAsync(10, async () =>
        {
            var reads = _adapter.Source.Reads;
            _adapter.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
            return reads == _adapter.Source.Reads;
        }, "the reading to end");
    }

    [Fact]
    public async Task The_same_decision_subscribes_once()
    {
        var permit = For(WatchPerson);
        using var first = Watch(permit);
        await NextAsync(first);
        using var second = Watch(permit);
        Assert.Equal("DECISION_REPLAYED", await ReasonAsync(() => NextAsync(second)));
    }

    private AsyncServerStreamingCall<WatchPersonResponse> Watch(Decision permit) =>
        _adapter.Persons.WatchPerson(new WatchPersonRequest(), Headers(permit), cancellationToken: _limit.Token);

    private async Task<WatchPersonResponse> NextAsync(AsyncServerStreamingCall<WatchPersonResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(_limit.Token));
        return call.ResponseStream.Current;
    }

    /// <summary>Moves the clock until the source was read once more.</summary>
    private async Task ReadAgainAsync()
    {
        var reads = _adapter.Source.Reads;
        await Within.SecondsAsync(10, () =>
        {
            if (_adapter.Source.Reads > reads)
            {
                return true;
            }

            _adapter.Time.Advance(TimeSpan.FromSeconds(5));
            return false;
        }, "the source to be read again");
    }

    private static Person Changed(Action<Person> change)
    {
        var person = TheSource.FullPerson();
        change(person);
        return person;
    }
}
