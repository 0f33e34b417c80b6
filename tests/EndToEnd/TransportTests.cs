using Google.Protobuf;
using Grpc.Core;
using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Demo.Layouts;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.EndToEnd;

/// <summary>What passes through the gateway, both ways, and what does not.</summary>
[Collection("proef")]
public sealed class TransportTests(RunningFederation running)
{
    [Fact]
    public async Task A_deadline_that_passes_is_said_and_the_target_is_told_to_stop()
    {
        var stopped = new TaskCompletionSource();
        running.Proef.Script = async http =>
        {
            await using var registration = http.RequestAborted.Register(() => stopped.TrySetResult());
            await stopped.Task;
        };
        var refused = await Assert.ThrowsAsync<KetenException>(async () =>
            await running.Wijkteam.GetPersonAsync(await running.QuestionAsync("proef") with { Deadline = TimeSpan.FromMilliseconds(300) }));
        Assert.Equal(StatusCode.DeadlineExceeded, refused.Status);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_caller_that_hangs_up_is_not_worked_for_any_longer()
    {
        var (arrived, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
        running.Proef.Script = async http =>
        {
            arrived.TrySetResult();
            await using var registration = http.RequestAborted.Register(() => stopped.TrySetResult());
            await stopped.Task;
        };
        using var cancel = new CancellationTokenSource();
        var call = running.Wijkteam.GetPersonAsync(await running.QuestionAsync("proef"), cancel.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(5));
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<KetenException>(() => call);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_target_gets_the_permit_the_trace_and_the_time_that_is_left_and_nothing_the_caller_made_up()
    {
        HeaderDictionary? seen = null;
        running.Proef.Script = http =>
        {
            seen = new HeaderDictionary(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase));
            return AnswerAsync(http, StatusCode.Unavailable);
        };
        var question = await running.QuestionAsync("proef");
        var transaction = UuidV7.Create(TimeProvider.System.GetUtcNow());
        var headers = AskMetadata.Of(question with { TransactionId = transaction, CaseReference = "dossier-7" });
        headers.Add("keten-decision-bin", new Decision { DecisionId = "forged" }.ToByteArray());
        headers.Add("keten-decision-other", "forged");
        headers.Add("cookie", "session=1");
        headers.Add("x-note", "whatever somebody wrote");
        headers.Add("keten-disclosure-bin", new byte[] { 1 });
        headers.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        await Assert.ThrowsAsync<RpcException>(async () => await new PersonService.PersonServiceClient(running.Wijkteam.Invoker)
            .GetPersonAsync(new GetPersonRequest(), headers, deadline: DateTime.UtcNow.AddSeconds(20)));

        Assert.NotNull(seen);
        var permit = Decision.Parser.ParseFrom(Convert.FromBase64String(Pad(seen["keten-decision-bin"].ToString())));
        Assert.True(UuidV7.IsValid(permit.DecisionId));
        Assert.Equal(running.Scenario.Participant("wijkteam").Oin, permit.Caller.Oin);
        Assert.Equal(question.Subject!.Value.Value, permit.Subject);
        Assert.Equal("/keten.person.v1.PersonService/GetPerson", permit.Operation);
        Assert.Contains("street", permit.Fields);
        Assert.Equal(transaction, permit.TransactionId);
        Assert.Equal(transaction, seen["fsc-transaction-id"]);
        Assert.Contains("4bf92f3577b34da6a3ce929d0e0e4736", seen["traceparent"].ToString(), StringComparison.Ordinal);
        Assert.EndsWith("m", seen["grpc-timeout"].ToString(), StringComparison.Ordinal);
        Assert.Equal(running.Scenario.Participant("proef").Oin, seen["keten-target"]);
        Assert.DoesNotContain(seen.Keys, k => k is "keten-facts" or "keten-actor" or "keten-actor-role" or "keten-case" or "keten-decision-other" or "keten-disclosure-bin" or "cookie" or "x-note");
        Assert.DoesNotContain(seen.Keys, k => k.StartsWith("x-forwarded", StringComparison.OrdinalIgnoreCase));

        var record = running.Decision(permit.DecisionId)!;
        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", record.TraceId);
        Assert.Equal("dossier-7", record.CaseReference);
    }

    [Fact]
    public async Task Headers_and_trailers_of_the_answer_pass_and_the_transaction_id_is_the_gateways()
    {
        running.Proef.Script = http =>
        {
            http.Response.Headers["x-own"] = "yes";
            http.Response.Headers["set-cookie"] = "a=b";
            http.Response.Headers["keten-decision-bin"] = "forged";
            http.Response.Headers["fsc-transaction-id"] = "forged";
            return AnswerAsync(http, StatusCode.ResourceExhausted, ("x-trailer", "too"), ("fsc-transaction-id", "forged"));
        };
        var call = new PersonService.PersonServiceClient(running.Wijkteam.Invoker).GetPersonAsync(
            new GetPersonRequest(), AskMetadata.Of(await running.QuestionAsync("proef")));
        var headers = await call.ResponseHeadersAsync;
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Equal("yes", headers.GetValue("x-own"));
        Assert.Equal("too", refused.Trailers.GetValue("x-trailer"));
        Assert.True(UuidV7.IsValid(headers.GetValue("fsc-transaction-id")));
        Assert.Null(refused.Trailers.GetValue("fsc-transaction-id"));
        Assert.DoesNotContain(headers, h => h.Key is "set-cookie" or "keten-decision-bin");
    }

    [Fact]
    public async Task A_subscription_says_what_changed_in_the_targets_own_system_as_it_changes()
    {
        var gemeente = running.Federation.Systems["gemeente"];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var question = await running.QuestionAsync();
        await using var stream = running.Wijkteam.WatchPersonAsync(question, limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await stream.MoveNextAsync());
        var before = stream.Current.Data.Email;
        var moved = $"noor-{Guid.NewGuid():N}@voorbeeld.nl";
        await DemoLayout.For("gemeente").UpdatePersonAsync(gemeente.SourceDatabase, "gemeente-kind", new Dictionary<string, object?> { ["email"] = moved }, limit.Token);
        Assert.True(await stream.MoveNextAsync());
        Assert.NotEqual(before, moved);
        Assert.Equal(moved, stream.Current.Data.Email);
    }

    [Fact]
    public async Task How_a_call_ended_is_on_the_record_too()
    {
        var answer = await running.Wijkteam.GetPersonAsync(await running.QuestionAsync());
        await Within.SecondsAsync(5, () => Keten.DecisionLog.DecisionLogReader.Read(running.Federation.DecisionLogDirectory)
            .Any(r => r.Outcome is { } o && o.DecisionId == answer.Disclosure.DecisionId && o.GrpcStatus == 0 && o.Fields.Contains("street")), "the outcome record");
    }

    /// <summary>A gRPC answer by hand: headers first, then trailers.</summary>
    private static async Task AnswerAsync(HttpContext http, StatusCode status, params (string Name, string Value)[] trailers)
    {
        http.Response.ContentType = "application/grpc";
        await http.Response.StartAsync();
        var target = http.Features.Get<IHttpResponseTrailersFeature>()!.Trailers;
        target["grpc-status"] = ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (name, value) in trailers)
        {
            target[name] = value;
        }
    }

    private static string Pad(string text) => text.PadRight((text.Length + 3) & ~3, '=');
}
