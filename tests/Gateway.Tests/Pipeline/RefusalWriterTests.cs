using System.Text;
using System.Text.Json;
using Google.Rpc;
using Keten.Contracts;
using Keten.Gateway.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Tests.Pipeline;

public sealed class RefusalWriterTests
{
    [Fact]
    public async Task A_refusal_is_trailers_only_status_and_details_in_the_headers_and_no_body()
    {
        var call = Calls.Of();
        await RefusalWriter.WriteAsync(call, (Refused)Refusals.PolicyUnavailable);
        var response = call.Http.Response;
        Assert.Equal((200, "application/grpc", "14"), (response.StatusCode, response.ContentType, response.Headers["grpc-status"].ToString()));
        Assert.Equal("POLICY_UNAVAILABLE", response.Headers["keten-reason"]);
        Assert.Equal(call.TransactionId, response.Headers["fsc-transaction-id"]);
        Assert.Equal(0, ((MemoryStream)response.Body).Length);

        var details = Details(response);
        var error = details.GetDetail<ErrorInfo>()!;
        Assert.Equal((14, "keten", "POLICY_UNAVAILABLE"), (details.Code, error.Domain, error.Reason));
        Assert.Equal((call.DecisionId, call.TransactionId), (error.Metadata["decision_id"], error.Metadata["transaction_id"]));
        Assert.Equal(["nl", "en"], details.Details.Skip(1).Select(d => d.Unpack<LocalizedMessage>().Locale));
    }

    [Fact]
    public async Task Every_refusal_fits_in_headers_and_its_message_is_plain_ASCII()
    {
        foreach (var refusal in Refusals.All)
        {
            var call = Calls.Of();
            await RefusalWriter.WriteAsync(call, (Refused)refusal);
            var headers = call.Http.Response.Headers;
            Assert.All(headers["grpc-message"].ToString(), c => Assert.InRange(c, ' ', '~'));
            Assert.Equal(refusal.English, Uri.UnescapeDataString(headers["grpc-message"].ToString()));
            Assert.True(headers.Sum(h => h.Key.Length + h.Value.ToString().Length) < 4096);
        }
    }

    [Fact]
    public async Task What_the_caller_may_not_know_is_nowhere_in_the_answer()
    {
        var call = Calls.Of();
        await RefusalWriter.WriteAsync(call, Refused.By(Calls.Denied));
        var details = Details(call.Http.Response);
        var said = string.Join('\n', call.Http.Response.Headers.Select(h => h.ToString())) + details;
        Assert.DoesNotContain("TARGET_NOT_INVOLVED", said, StringComparison.Ordinal);
        Assert.DoesNotContain("involved", said, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("ACCESS_NOT_PERMITTED", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_prepared_for_an_answer_goes()
    {
        var call = Calls.Of();
        call.Http.Response.Headers["keten-disclosure-bin"] = "AAAA";
        call.Http.Response.Headers["x-from-target"] = "1";
        await RefusalWriter.WriteAsync(call, (Refused)Refusals.TargetNotReachable);
        Assert.False(call.Http.Response.Headers.ContainsKey("keten-disclosure-bin"));
        Assert.False(call.Http.Response.Headers.ContainsKey("x-from-target"));
    }

    [Fact]
    public async Task A_transaction_id_that_was_refused_is_not_said_back()
    {
        var call = Calls.Of();
        call.TransactionId = "";
        await RefusalWriter.WriteAsync(call, (Refused)Refusals.TransactionIdInvalid);
        Assert.False(call.Http.Response.Headers.ContainsKey("fsc-transaction-id"));
    }

    [Theory]
    [InlineData(null, "METADATA_MISSING", 415)]
    [InlineData("application/json", "ACCESS_NOT_PERMITTED", 415)]
    [InlineData("text/html", "CERTIFICATE_REQUIRED", 401)]
    public async Task Who_does_not_speak_gRPC_gets_a_problem_document(string? contentType, string code, int status)
    {
        var http = Calls.Grpc();
        http.Request.ContentType = contentType;
        var refused = code == "ACCESS_NOT_PERMITTED" ? Refused.By(Calls.Denied) : (Refused)Refusals.All.Single(r => r.Code == code);
        await RefusalWriter.WriteAsync(Calls.Of(http), refused);
        Assert.Equal((status, "application/problem+json"), (http.Response.StatusCode, http.Response.ContentType));
        Assert.Equal(code, http.Response.Headers["keten-reason"]);
        Assert.False(http.Response.Headers.ContainsKey("grpc-status"));
        using var problem = JsonDocument.Parse(Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray()));
        Assert.Equal((status, refused.English), (problem.RootElement.GetProperty("status").GetInt32(), problem.RootElement.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task An_answer_that_has_begun_is_cut_off_rather_than_finished_as_if_it_were_whole()
    {
        var http = new DefaultHttpContext();
        var lifetime = new Lifetime();
        http.Features.Set<IHttpResponseFeature>(new Begun());
        http.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        await RefusalWriter.WriteAsync(Calls.Of(http), (Refused)Refusals.TargetNotReachable);
        Assert.True(lifetime.IsAborted);
    }

    private static Google.Rpc.Status Details(Microsoft.AspNetCore.Http.HttpResponse response)
    {
        var text = response.Headers["grpc-status-details-bin"].ToString();
        return Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(text.PadRight((text.Length + 3) & ~3, '=')));
    }

    private sealed class Begun : HttpResponseFeature
    {
        public override bool HasStarted => true;
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
