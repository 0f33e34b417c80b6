using Grpc.Core;
using Grpc.Net.Client;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;
using static Keten.Adapters.Sdk.Tests.Hosting.ThePermit;

namespace Keten.Adapters.Sdk.Tests.Hosting;

/// <summary>Each door keeps to its own services, whatever the caller has with it.</summary>
public sealed class DoorTests : IAsyncDisposable
{
    private readonly TheAdapter _adapter = TheAdapter.Start();

    public ValueTask DisposeAsync() => _adapter.DisposeAsync();

    [Fact]
    public async Task The_case_system_has_the_local_api()
    {
        var answer = await Local(_adapter.CaseSystemDoor).GetPseudonymAsync(new GetPseudonymRequest { ClientId = TheSource.ClientId });
        Assert.Equal(Child.Value, answer.Pseudonym);
    }

    [Fact]
    public async Task The_gateway_has_not_also_with_a_permit()
    {
        Assert.Equal("OPERATION_NOT_OFFERED", await ReasonAsync(async () =>
            await Local(_adapter.GatewayDoor).GetPseudonymAsync(new GetPseudonymRequest { ClientId = TheSource.ClientId }, Headers(For()))));
        Assert.Equal("OPERATION_NOT_OFFERED", await ReasonAsync(async () =>
        {
            using var stream = Local(_adapter.GatewayDoor).StreamNotifications(new StreamNotificationsRequest());
            await stream.ResponseStream.MoveNext(CancellationToken.None);
        }));
    }

    [Fact]
    public async Task The_case_system_cannot_ask_as_if_it_were_the_gateway()
    {
        Assert.Equal("OPERATION_NOT_OFFERED", await ReasonAsync(async () =>
            await new PersonService.PersonServiceClient(_adapter.CaseSystemDoor).GetPersonAsync(new GetPersonRequest(), Headers(For()))));
        Assert.Equal("OPERATION_NOT_OFFERED", await ReasonAsync(async () =>
        {
            using var stream = new PersonService.PersonServiceClient(_adapter.CaseSystemDoor).WatchPerson(new WatchPersonRequest(), Headers(For(WatchPerson)));
            await stream.ResponseStream.MoveNext(CancellationToken.None);
        }));
        Assert.Empty(_adapter.Disclosures());
    }

    [Fact]
    public async Task A_door_that_nobody_marked_has_nothing()
    {
        Assert.Equal("OPERATION_NOT_OFFERED", await ReasonAsync(async () =>
            await new PersonService.PersonServiceClient(_adapter.UnmarkedDoor).GetPersonAsync(new GetPersonRequest(), Headers(For()))));
        Assert.Equal("OPERATION_NOT_OFFERED", await ReasonAsync(async () =>
            await Local(_adapter.UnmarkedDoor).GetPseudonymAsync(new GetPseudonymRequest { ClientId = TheSource.ClientId })));
    }

    [Fact]
    public async Task What_the_local_api_refuses_it_says_itself()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await Local(_adapter.CaseSystemDoor).GetPseudonymAsync(new GetPseudonymRequest { ClientId = "nobody" }));
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        Assert.Equal("CLIENT_UNKNOWN", refused.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task A_call_without_a_permit_is_refused_before_anything_is_read()
    {
        Assert.Equal("DECISION_MISSING", await ReasonAsync(async () => await _adapter.Persons.GetPersonAsync(new GetPersonRequest())));
        Assert.Equal(0, _adapter.Source.Reads);
    }

    [Fact]
    public async Task The_case_systems_door_shows_what_waits_and_the_gateways_does_not()
    {
        // In a host the webhook and the inbox ask for it.
        _adapter.Services.GetRequiredService<AdapterMetrics>();
        var (status, metrics) = await MetricsAsync(_adapter.CaseSystemDoor);
        Assert.Equal(System.Net.HttpStatusCode.OK, status);
        Assert.All(
            ["keten_adapter_outbox_depth", "keten_adapter_outbox_age_seconds", "keten_adapter_inbox_unacknowledged", "keten_adapter_inbox_set_aside", "keten_adapter_webhook_waiting"],
            name => Assert.Matches($$"""(?m)^{{name}}(\{[^}]*\})? \d""", metrics));

        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await MetricsAsync(_adapter.GatewayDoor)).Status);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await MetricsAsync(_adapter.UnmarkedDoor)).Status);
    }

    private static async Task<(System.Net.HttpStatusCode Status, string Text)> MetricsAsync(GrpcChannel door)
    {
        using var http = new HttpClient { DefaultRequestVersion = System.Net.HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await http.GetAsync(new Uri($"http://{door.Target}/metrics"), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static CaseSystemService.CaseSystemServiceClient Local(GrpcChannel door) => new(door);
}
