using Google.Protobuf.Reflection;
using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Fhir.Subscriptions;
using Keten.Adapters.Sdk.Storage;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging;
using static Hl7.Fhir.Model.Subscription;
using Task = System.Threading.Tasks.Task;

namespace Keten.Adapters.Sdk.Tests.Fhir.Subscriptions;

/// <summary>Subscriptions are told at a real endpoint: without content, at least once, whatever stops meanwhile.</summary>
public sealed class SubscriptionDeliveryTests : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keten-subscriptions-").FullName;
    private TheAdapter _adapter;

    public SubscriptionDeliveryTests() => _adapter = TheCaseSystem.StartTelling(_directory);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        Assert.DoesNotContain(_adapter.Log.Lines, line => line.Level >= LogLevel.Error || line.Text.Contains("s3cret", StringComparison.Ordinal));
        await _adapter.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_match_is_told_by_an_empty_post_with_the_secret_and_the_stream_has_the_notification()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        await SubscribeAsync(endpoint, headers: ["Authorization: " + TheCaseSystem.Secret, "X-Source:adapter"]);
        await _adapter.TellAsync(TheCaseSystem.Match());

        await _adapter.WhileTimePassesAsync(() => !endpoint.Posts.IsEmpty);

        var post = Assert.Single(endpoint.Posts);
        Assert.Equal(("POST", "/told", 0, "0"), (post.Method, post.Url, post.Body.Length, post.Headers["Content-Length"]));
        Assert.Equal((TheCaseSystem.Secret, "adapter"), (post.Headers["Authorization"], post.Headers["X-Source"]));
        Assert.DoesNotContain(post.Headers.Values, value => value.Contains(ThePermit.Child.Value, StringComparison.Ordinal));
        using var stream = new CaseSystemService.CaseSystemServiceClient(_adapter.CaseSystemDoor).StreamNotifications(new StreamNotificationsRequest(), cancellationToken: Stop);
        Assert.True(await stream.ResponseStream.MoveNext(Stop));
        Assert.Equal("n1", stream.ResponseStream.Current.Notification.NotificationId);
    }

    [Fact]
    public async Task Each_is_told_of_its_own_type_only()
    {
        await using var circle = await TheEndpoint.StartAsync();
        await using var person = await TheEndpoint.StartAsync();
        await SubscribeAsync(circle, "CareTeam");
        await SubscribeAsync(person, "Patient?");
        await _adapter.TellAsync(new Notification { NotificationId = "p1", Subject = ThePermit.Child.Value, PersonChanged = new PersonChanged { AboutOin = "x" } });
        await _adapter.WhileTimePassesAsync(() => !person.Posts.IsEmpty);
        Assert.Empty(circle.Posts);

        await _adapter.TellAsync(TheCaseSystem.Match());
        await _adapter.WhileTimePassesAsync(() => !circle.Posts.IsEmpty);
        Assert.Single(person.Posts);
    }

    [Fact]
    public void Every_kind_of_notification_can_be_subscribed_to()
    {
        var told = Notification.Descriptor.Oneofs.Single(o => o.Name == "content").Fields.Select(Filled).Select(SubscriptionCriteria.TypeOf).ToList();
        Assert.DoesNotContain(null, told);
        Assert.Equal(SubscriptionCriteria.All.Where(type => type != SubscriptionCriteria.Encounter).Order(), told.Distinct().Order());
        Assert.Equal(SubscriptionCriteria.Encounter, SubscriptionCriteria.TypeOf(new Notification { Delivery = new Delivery { Invitation = new Conference() } }));
        Assert.Null(SubscriptionCriteria.TypeOf(new Notification()));
    }

    [Fact]
    public async Task What_waited_unacknowledged_before_it_was_made_is_told_at_once()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        await _adapter.TellAsync(TheCaseSystem.Match());
        await SubscribeAsync(endpoint);
        await _adapter.WhileTimePassesAsync(() => !endpoint.Posts.IsEmpty);
    }

    [Fact]
    public async Task Many_at_once_while_the_endpoint_is_slow_are_told_by_one_post_after_the_last()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        var held = new TaskCompletionSource();
        endpoint.Hold = held.Task;
        await SubscribeAsync(endpoint);
        await _adapter.TellAsync(TheCaseSystem.Match("n0"));
        await _adapter.WhileTimePassesAsync(() => endpoint.Posts.Count == 1);

        await _adapter.TellAsync([.. Enumerable.Range(1, 2_000).Select(i => TheCaseSystem.Match($"n{i}"))]);
        held.SetResult();

        await _adapter.WhileTimePassesAsync(() => endpoint.Posts.Count == 2 && !Waits());
        Assert.Equal(2, endpoint.Posts.Count);
    }

    [Fact]
    public async Task An_endpoint_that_fails_is_in_error_after_three_times_and_active_when_it_works_again()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        await using var other = await TheEndpoint.StartAsync();
        endpoint.Answer = () => 503;
        var id = await SubscribeAsync(endpoint);
        await SubscribeAsync(other);
        await _adapter.TellAsync(TheCaseSystem.Match());
        await _adapter.WhileTimePassesAsync(async () => (await ReadAsync(id)).Status == SubscriptionStatus.Error);

        var broken = await ReadAsync(id);
        Assert.Contains("503", broken.Error, StringComparison.Ordinal);
        Assert.Equal("2", broken.Meta!.VersionId);
        Assert.True(endpoint.Posts.Count >= SubscriptionStore.FailuresUntilError);
        Assert.Single(other.Posts);
        Assert.Contains(_adapter.Log.Lines, line => line.Id == 5391);

        endpoint.Answer = () => 204;
        await _adapter.WhileTimePassesAsync(async () => (await ReadAsync(id)).Status == SubscriptionStatus.Active);
        Assert.Null((await ReadAsync(id)).Error);
        Assert.False(Waits());
    }

    [Fact]
    public async Task A_killed_endpoint_and_a_restarted_adapter_lose_nothing()
    {
        var endpoint = await TheEndpoint.StartAsync();
        var port = endpoint.Port;
        var id = await SubscribeAsync(endpoint, headers: ["Authorization: " + TheCaseSystem.Secret]);
        await endpoint.DisposeAsync();
        await _adapter.TellAsync(TheCaseSystem.Match());
        await _adapter.WhileTimePassesAsync(async () => (await ReadAsync(id)).Status == SubscriptionStatus.Error);

        await RestartAsync();
        Assert.Equal(SubscriptionStatus.Error, (await ReadAsync(id)).Status);

        await using var back = await TheEndpoint.StartAsync(port);
        await _adapter.WhileTimePassesAsync(() => !back.Posts.IsEmpty);
        Assert.Equal(TheCaseSystem.Secret, back.Posts.First().Headers["Authorization"]);
        await _adapter.WhileTimePassesAsync(async () => (await ReadAsync(id)).Status == SubscriptionStatus.Active);
    }

    [Fact]
    public async Task An_adapter_that_stops_while_it_tells_tells_again_after_its_start()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        endpoint.Hold = new TaskCompletionSource().Task;
        await SubscribeAsync(endpoint);
        await _adapter.TellAsync(TheCaseSystem.Match());
        await _adapter.WhileTimePassesAsync(() => endpoint.Posts.Count == 1);

        await _adapter.DisposeAsync();
        endpoint.Hold = Task.CompletedTask;
        _adapter = TheCaseSystem.StartTelling(_directory);
        await _adapter.WhileTimePassesAsync(() => endpoint.Posts.Count == 2 && !Waits());
    }

    [Fact]
    public async Task What_came_while_the_adapter_told_nobody_is_told_after_its_start()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        await SubscribeAsync(endpoint);
        await _adapter.DisposeAsync();
        await using (var quiet = TheAdapter.Start(directory: _directory))
        {
            await quiet.TellAsync(TheCaseSystem.Match());
        }

        _adapter = TheCaseSystem.StartTelling(_directory);
        await _adapter.WhileTimePassesAsync(() => endpoint.Posts.Count == 1);
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_turns_it_off_and_asking_again_tells_what_waited()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        endpoint.Answer = () => 410;
        var id = await SubscribeAsync(endpoint);
        await _adapter.TellAsync(TheCaseSystem.Match());
        await _adapter.WhileTimePassesAsync(async () => (await ReadAsync(id)).Status == SubscriptionStatus.Off);
        await _adapter.TellAsync(TheCaseSystem.Match("n2"));
        Assert.Single(endpoint.Posts);

        endpoint.Answer = () => 200;
        using var client = _adapter.CaseSystemDoor.Fhir();
        var again = await ReadAsync(id);
        Assert.Contains("410", again.Error, StringComparison.Ordinal);
        again.Status = SubscriptionStatus.Requested;
        Assert.Equal(SubscriptionStatus.Active, (await client.UpdateAsync(again, versionAware: true, Stop))!.Status);
        await _adapter.WhileTimePassesAsync(() => endpoint.Posts.Count == 2);
    }

    [Fact]
    public async Task One_that_rests_or_is_past_its_end_is_not_told()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        await using var other = await TheEndpoint.StartAsync();
        using var client = _adapter.CaseSystemDoor.Fhir();
        var resting = TheCaseSystem.Some(endpoint: endpoint.Address);
        resting.Status = SubscriptionStatus.Off;
        var ending = TheCaseSystem.Some(endpoint: endpoint.Address);
        ending.End = ThePermit.Moment.AddSeconds(1);
        Assert.Equal(SubscriptionStatus.Off, (await client.CreateAsync(resting, Stop))!.Status);
        await client.CreateAsync(ending, Stop);
        await SubscribeAsync(other);
        _adapter.Time.Advance(TimeSpan.FromSeconds(1));

        await _adapter.TellAsync(TheCaseSystem.Match());
        await _adapter.WhileTimePassesAsync(() => !other.Posts.IsEmpty && !Waits());
        Assert.Empty(endpoint.Posts);
    }

    [Fact]
    public async Task Endpoints_that_cannot_be_reached_are_in_error_and_the_others_are_told()
    {
        using var client = _adapter.CaseSystemDoor.Fhir();
        var strange = new List<string>();
        foreach (var endpoint in new[] { "http://127.0.0.1:0/", "https://127.0.0.1:0", "http://localhost:65535/%00", "https://xn--.invalid/", "https://[::]:1/", "https://0/", "http://127.1:1/?q=%ff", "https://\u2060/", "https://a\u200Db.invalid/" })
        {
            strange.Add((await client.CreateAsync(TheCaseSystem.Some(endpoint: endpoint), Stop))!.Id!);
        }

        await using var other = await TheEndpoint.StartAsync();
        await SubscribeAsync(other);
        await _adapter.TellAsync(TheCaseSystem.Match());
        await _adapter.WhileTimePassesAsync(async () => (await Task.WhenAll(strange.Select(ReadAsync))).All(one => one.Status == SubscriptionStatus.Error));
        Assert.Single(other.Posts);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        endpoint.Answer = () => 307;
        await SubscribeAsync(endpoint);
        await _adapter.TellAsync(TheCaseSystem.Match());
        await _adapter.WhileTimePassesAsync(() => endpoint.Posts.Count >= 2);
        Assert.All(endpoint.Posts, post => Assert.Equal("/told", post.Url));
    }

    [Fact]
    public async Task One_that_was_deleted_is_told_no_more()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        await using var other = await TheEndpoint.StartAsync();
        var id = await SubscribeAsync(endpoint);
        await SubscribeAsync(other);
        using var client = _adapter.CaseSystemDoor.Fhir();
        await client.DeleteAsync($"Subscription/{id}", Stop);
        await _adapter.TellAsync(TheCaseSystem.Match());
        await _adapter.WhileTimePassesAsync(() => !other.Posts.IsEmpty);
        Assert.Empty(endpoint.Posts);
    }

    [Fact]
    public async Task A_kept_address_that_cannot_be_sent_to_at_all_stops_neither_the_others_nor_the_adapter()
    {
        await using var endpoint = await TheEndpoint.StartAsync();
        var id = await SubscribeAsync(endpoint);
        await using var other = await TheEndpoint.StartAsync();
        await SubscribeAsync(other);
        await _adapter.Store.WriteAsync(
            transaction => transaction.Execute("UPDATE fhir_subscription SET endpoint = 'https://xn--é.nl/' WHERE id = $id", ("$id", id)), Stop);

        await _adapter.TellAsync(TheCaseSystem.Match());
        await _adapter.WhileTimePassesAsync(async () => (await ReadAsync(id)).Status == SubscriptionStatus.Error);

        Assert.Contains("UriFormatException", (await ReadAsync(id)).Error, StringComparison.Ordinal);
        Assert.Single(other.Posts);
        Assert.Contains(_adapter.Log.Lines, line => line.Id == 5391 && line.Text.Contains("UriFormatException", StringComparison.Ordinal));
    }

    private async Task RestartAsync()
    {
        await _adapter.DisposeAsync();
        _adapter = TheCaseSystem.StartTelling(_directory);
    }

    private async Task<string> SubscribeAsync(TheEndpoint endpoint, string criteria = "CareTeam?", params string[] headers)
    {
        using var client = _adapter.CaseSystemDoor.Fhir();
        return (await client.CreateAsync(TheCaseSystem.Some(criteria, endpoint.Address, headers), Stop))!.Id!;
    }

    private async Task<Subscription> ReadAsync(string id)
    {
        using var client = _adapter.CaseSystemDoor.Fhir();
        return (await client.ReadAsync<Subscription>($"Subscription/{id}", ct: Stop))!;
    }

    private bool Waits() => new SubscriptionStore(_adapter.Store).NextDue() is not null;

    private static Notification Filled(FieldDescriptor field)
    {
        var notification = new Notification();
        field.Accessor.SetValue(notification, Activator.CreateInstance(field.MessageType.ClrType));
        return notification;
    }
}
