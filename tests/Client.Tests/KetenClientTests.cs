using Google.Protobuf;
using Grpc.Core;
using Keten.Contracts;
using Keten.Protocol.V1;
using static Keten.Client.Tests.Some;

namespace Keten.Client.Tests;

/// <summary>Over mTLS on a real socket.</summary>
public sealed class KetenClientTests : IAsyncDisposable
{
    private readonly TheGateway _gateway = new();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Hands_out_the_data_with_the_terms_it_came_under()
    {
        Metadata? seen = null;
        _gateway.Get = async context =>
        {
            seen = context.RequestHeaders;
            await TermsAsync(context, "log-disclosure", "delete-after:90d");
            return Noor;
        };
        using var client = _gateway.Client();
        var answer = await client.GetPersonAsync(Question);
        Assert.Equal(("Noor", "t-1"), (answer.Data.GivenNames, answer.TransactionId));
        Assert.Equal(["log-disclosure", "delete-after:90d"], answer.Disclosure.Obligations);
        Assert.Equal("naw-hergebruik", seen!.GetValue(KetenHeaders.Purpose));
    }

    [Fact]
    public async Task An_answer_without_a_person_is_an_empty_person()
    {
        _gateway.Get = async context =>
        {
            await TermsAsync(context);
            return new GetPersonResponse();
        };
        using var client = _gateway.Client();
        Assert.Equal(new Person(), (await client.GetPersonAsync(Question)).Data);
    }

    [Fact]
    public async Task Data_without_terms_is_withheld()
    {
        _gateway.Get = _ => Task.FromResult(Noor);
        using var client = _gateway.Client();
        Assert.Equal("DISCLOSURE_MISSING", await ReasonAsync(() => client.GetPersonAsync(Question)));
    }

    [Fact]
    public async Task Data_with_terms_that_cannot_be_read_is_withheld()
    {
        _gateway.Get = async context =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { KetenHeaders.Disclosure, new byte[] { 0xff, 0xff } } });
            return Noor;
        };
        using var client = _gateway.Client();
        Assert.Equal("DISCLOSURE_MISSING", await ReasonAsync(() => client.GetPersonAsync(Question)));
    }

    [Fact]
    public async Task Data_with_an_obligation_nobody_knows_is_withheld_and_the_obligation_is_named()
    {
        _gateway.Get = async context =>
        {
            await TermsAsync(context, "log-disclosure", "sing-a-song:daily");
            return Noor;
        };
        using var client = _gateway.Client();
        var refused = await Assert.ThrowsAsync<KetenException>(() => client.GetPersonAsync(Question));
        Assert.Equal(("OBLIGATION_UNKNOWN", StatusCode.FailedPrecondition), (refused.ReasonCode, refused.Status));
        Assert.Contains("sing-a-song", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Noor", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_with_an_obligation_this_system_said_it_cannot_keep_is_withheld()
    {
        _gateway.Get = async context =>
        {
            await TermsAsync(context, "delete-after:90d");
            return Noor;
        };
        using var cannot = _gateway.Client(obligations: ["log-disclosure"]);
        Assert.Equal("OBLIGATION_UNKNOWN", await ReasonAsync(() => cannot.GetPersonAsync(Question)));
        using var can = _gateway.Client(obligations: ["delete-after"]);
        await can.GetPersonAsync(Question);
    }

    [Fact]
    public async Task A_subscription_withholds_its_first_message_too()
    {
        _gateway.Watch = async (context, stream) =>
        {
            await TermsAsync(context, "sing-a-song");
            await stream.WriteAsync(new WatchPersonResponse { Person = Noor.Person });
        };
        using var client = _gateway.Client();
        await using var messages = client.WatchPersonAsync(Question).GetAsyncEnumerator();
        Assert.Equal("OBLIGATION_UNKNOWN", await ReasonAsync(async () => await messages.MoveNextAsync()));
    }

    [Fact]
    public async Task A_subscription_gives_every_message_and_then_why_it_ended()
    {
        _gateway.Watch = async (context, stream) =>
        {
            await TermsAsync(context, "log-disclosure");
            await stream.WriteAsync(new WatchPersonResponse { Person = Noor.Person });
            await stream.WriteAsync(new WatchPersonResponse { Person = new Person { City = "Ginds" } });
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "x"));
        };
        using var client = _gateway.Client();
        await using var messages = client.WatchPersonAsync(Question).GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal("Noor", messages.Current.Data.GivenNames);
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal("Ginds", messages.Current.Data.City);
        Assert.Equal("DEADLINE_PASSED", await ReasonAsync(async () => await messages.MoveNextAsync()));
    }

    [Theory]
    [InlineData(null, 7)]
    [InlineData(3, 3)]
    public async Task The_deadline_is_the_questions_or_else_the_clients(int? question, int expected)
    {
        var left = TimeSpan.MaxValue;
        _gateway.Get = async context =>
        {
            left = context.Deadline - DateTime.UtcNow;
            await TermsAsync(context);
            return Noor;
        };
        using var client = _gateway.Client(deadline: TimeSpan.FromSeconds(7));
        await client.GetPersonAsync(Question with { Deadline = question is { } seconds ? TimeSpan.FromSeconds(seconds) : null });
        Assert.InRange(left.TotalSeconds, expected - 2, expected);
    }

    [Fact]
    public async Task A_subscription_has_no_deadline_of_its_own()
    {
        var deadline = DateTime.MinValue;
        _gateway.Watch = (context, _) =>
        {
            deadline = context.Deadline;
            return Task.CompletedTask;
        };
        using var client = _gateway.Client();
        await using var messages = client.WatchPersonAsync(Question).GetAsyncEnumerator();
        Assert.False(await messages.MoveNextAsync());
        Assert.Equal(DateTime.MaxValue, deadline);
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_in_time_is_said_so()
    {
        _gateway.Get = async context =>
        {
            await new TaskCompletionSource().Task.WaitAsync(context.CancellationToken);
            return Noor;
        };
        using var client = _gateway.Client(deadline: TimeSpan.FromMilliseconds(300));
        var refused = await Assert.ThrowsAsync<KetenException>(() => client.GetPersonAsync(Question));
        Assert.Equal(("DEADLINE_PASSED", true), (refused.ReasonCode, refused.IsTransient));
    }

    [Fact]
    public async Task A_gateway_that_carries_another_OIN_is_not_spoken_to()
    {
        using var client = _gateway.Client(expected: 9);
        Assert.Equal("GATEWAY_NOT_REACHABLE", await ReasonAsync(() => client.GetPersonAsync(Question)));
    }

    [Fact]
    public async Task A_gateway_that_is_down_is_said_to_be_down()
    {
        using var client = _gateway.Client();
        await _gateway.StopAsync();
        var refused = await Assert.ThrowsAsync<KetenException>(() => client.GetPersonAsync(Question));
        Assert.Equal(("GATEWAY_NOT_REACHABLE", true), (refused.ReasonCode, refused.IsTransient));
    }

    [Theory]
    [InlineData("delete-after:365d", "delete-after")]
    [InlineData("log-disclosure", "log-disclosure")]
    [InlineData("delete-after:", "delete-after")]
    [InlineData("", "")]
    public void An_obligation_is_known_by_what_stands_before_its_parameter(string obligation, string id) => Assert.Equal(id, ObligationIds.IdOf(obligation));

    private static GetPersonResponse Noor => new() { Person = new Person { GivenNames = "Noor" } };

    private static Task TermsAsync(ServerCallContext context, params string[] obligations) => context.WriteResponseHeadersAsync(new Metadata
    {
        { KetenHeaders.Disclosure, new Disclosure { DecisionId = "d-1", Obligations = { obligations } }.ToByteArray() }, { KetenHeaders.TransactionId, "t-1" },
    });

    private static async Task<string> ReasonAsync(Func<Task> call) => (await Assert.ThrowsAsync<KetenException>(call)).ReasonCode;
}
