using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Gateway.Decisions;
using Keten.Gateway.Involvement;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Routing;
using Keten.Gateway.Tests.Pipeline;
using Keten.Identity;
using Keten.Protocol.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Gateway.Tests.Decisions;

public sealed class DecisionRecorderTests
{
    private readonly TheLog _log = new();
    private readonly TheLogger<DecisionRecorder> _logger = new();
    private readonly FakeTimeProvider _time = new(Calls.Moment + TimeSpan.FromMilliseconds(4));

    private DecisionRecorder Recorder => new(_log, new TheEngine(), new TheRegistry(), _time, _logger);

    [Fact]
    public async Task Records_an_allowed_call_with_everything_needed_to_decide_it_again()
    {
        var call = Calls.Of();
        call.Decision = Calls.Allowed;
        call.PolicyTime = "2026-03-02T09:30:00.0000000Z";
        Assert.Null(await Recorder.RecordAsync(call, null));
        var record = Assert.Single(_log.Decisions);
        Assert.True(record.Allowed);
        Assert.Equal((call.DecisionId, call.TransactionId, "ALLOWED", "r1"), (record.DecisionId, record.TransactionId, record.ReasonCode, record.PolicyRevision));
        Assert.Equal(Calls.Allowed.Fields, record.Fields);
        Assert.Equal(("naw", "read", call.PolicyTime), (record.Category, record.Action, record.PolicyTime));
    }

    [Fact]
    public async Task Records_the_exact_code_and_the_code_the_caller_was_told()
    {
        var call = Calls.Of();
        call.Decision = Calls.Denied;
        Assert.Null(await Recorder.RecordAsync(call, Refused.By(Calls.Denied)));
        var record = Assert.Single(_log.Decisions);
        Assert.Equal((false, "TARGET_NOT_INVOLVED", "ACCESS_NOT_PERMITTED"), (record.Allowed, record.ReasonCode, record.CallerCode));
    }

    [Fact]
    public async Task Records_what_it_was_decided_with()
    {
        var call = Calls.Of();
        call.View = new ViewPosition(3, 4711);
        await Recorder.RecordAsync(call, null);
        var sources = _log.Decisions[0].Sources;
        Assert.Equal((TheRegistry.DigestByte, 32, 3, 4711L), (sources.RegistryDigest[0], sources.RegistryDigest.Length, sources.ViewPartition, sources.ViewOffset));
        Assert.Matches(@"^\d+\.\d+\.\d+$", sources.GatewayVersion);
    }

    [Fact]
    public async Task Goes_on_in_the_trace_of_the_caller_and_says_under_which_span()
    {
        using var activity = new Activity("call").SetParentId("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00").Start();
        var call = Calls.Of();
        await Recorder.RecordAsync(call, null);
        await Recorder.RecordOutcomeAsync(call);
        var (decision, outcome) = (_log.Decisions[0], _log.Outcomes[0]);
        Assert.Equal(("4bf92f3577b34da6a3ce929d0e0e4736", activity.SpanId.ToHexString(), "00f067aa0ba902b7"), (decision.TraceId, decision.SpanId, decision.ParentSpanId));
        Assert.Equal((decision.TraceId, decision.SpanId), (Convert.ToHexStringLower(outcome.TraceId.Span), Convert.ToHexStringLower(outcome.SpanId.Span)));
    }

    [Fact]
    public async Task Without_a_trace_it_begins_one()
    {
        Activity.Current = null;
        await Recorder.RecordAsync(Calls.Of(), null);
        Assert.Matches("^[0-9a-f]{32} [0-9a-f]{16} $", $"{_log.Decisions[0].TraceId} {_log.Decisions[0].SpanId} {_log.Decisions[0].ParentSpanId}");
    }

    [Fact]
    public async Task A_refusal_is_no_error_and_a_decision_that_could_not_be_made_is()
    {
        await Recorder.RecordAsync(Calls.Of(), Refused.By(Calls.Denied));
        await Recorder.RecordAsync(Calls.Of(), (Refused)Keten.Contracts.Refusals.CertificateRequired);
        await Recorder.RecordAsync(Calls.Of(), (Refused)Keten.Contracts.Refusals.PolicyUnavailable);
        await Recorder.RecordAsync(Calls.Of(), (Refused)Keten.Contracts.Refusals.Internal);
        Assert.Equal(
            [EvaluationStatus.Unspecified, EvaluationStatus.Unspecified, EvaluationStatus.Error, EvaluationStatus.Error], _log.Decisions.Select(record => record.Status));
    }

    [Fact]
    public async Task The_outcome_counts_what_went_through_and_looks_at_nothing()
    {
        var http = Calls.Grpc();
        http.Request.Body = new MemoryStream(new byte[42]);
        var call = Calls.Of(http);
        call.Bodies = CountedBodies.Attach(http);
        await http.Request.Body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        await http.Response.Body.WriteAsync(new byte[300], TestContext.Current.CancellationToken);
        await http.Response.BodyWriter.WriteAsync(new byte[11], TestContext.Current.CancellationToken);
        await Recorder.RecordOutcomeAsync(call);
        Assert.Equal((42L, 311L), (_log.Outcomes[0].RequestBytes, _log.Outcomes[0].ResponseBytes));
    }

    [Fact]
    public async Task Records_also_a_call_of_which_nothing_is_known()
    {
        var call = new Call(Calls.Grpc(), "d", Calls.Moment);
        Assert.Null(await Recorder.RecordAsync(call, (Refused)Keten.Contracts.Refusals.CertificateRequired));
        Assert.Equal(("CERTIFICATE_REQUIRED", "", null), (_log.Decisions[0].ReasonCode, _log.Decisions[0].Subject, _log.Decisions[0].Caller));
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(InvalidDataException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Denies_when_the_log_does_not_take_the_record(Type kind)
    {
        _log.Fault = (_, _) => (Exception)Activator.CreateInstance(kind, "disk full")!;
        var call = Calls.Of();
        call.Decision = Calls.Allowed;
        var refused = await Recorder.RecordAsync(call, null);
        Assert.Equal(("DECISION_LOG_UNAVAILABLE", Grpc.Core.StatusCode.Unavailable), (refused!.Code, refused.Status));
        Assert.Equal((LogLevel.Error, 4001), (Assert.Single(_logger.Lines).Level, _logger.Lines[0].Id));
    }

    [Fact]
    public async Task A_refusal_that_cannot_be_recorded_is_told_as_such_too()
    {
        _log.Fault = (_, _) => new IOException("disk full");
        Assert.Equal("DECISION_LOG_UNAVAILABLE", (await Recorder.RecordAsync(Calls.Of(), Refused.By(Calls.Denied)))!.Code);
    }

    [Fact]
    public async Task The_record_is_written_although_the_caller_hung_up()
    {
        var http = Calls.Grpc();
        http.RequestAborted = new CancellationToken(canceled: true);
        _log.Fault = (_, token) => token.CanBeCanceled ? new OperationCanceledException(token) : null;
        Assert.Null(await Recorder.RecordAsync(Calls.Of(http), null));
        Assert.Single(_log.Decisions);
    }

    [Fact]
    public async Task When_a_header_may_hold_a_BSN_the_call_is_refused_and_the_record_keeps_nothing_the_caller_wrote()
    {
        _log.Fault = (record, _) => record.Decision.CaseReference.Length > 0 ? new BsnInRecordException("decision.case_reference") : null;
        var call = Calls.Of();
        call.CaseReference = "999912112";
        call.Decision = Calls.Allowed;
        call.Justification = "because of 999912112";
        Assert.Equal("PERSONAL_DATA_IN_METADATA", (await Recorder.RecordAsync(call, null))!.Code);

        var record = Assert.Single(_log.Decisions);
        Assert.Equal((false, "PERSONAL_DATA_IN_METADATA", call.DecisionId), (record.Allowed, record.ReasonCode, record.DecisionId));
        Assert.Equal(Calls.Wijkteam.Oin.Value, record.Caller.Oin);
        Assert.DoesNotContain("999912112", record.ToString(), StringComparison.Ordinal);
        Assert.All([record.Actor, record.ActorRole, record.CaseReference, record.Purpose, record.Subject, record.Justification, record.TransactionId], Assert.Empty);
        Assert.DoesNotContain(_logger.Lines, l => l.Text.Contains("999912112", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_sees_a_BSN_in_everything_denies_and_is_not_asked_for_ever()
    {
        var asked = 0;
        _log.Fault = (_, _) =>
        {
            asked++;
            return new BsnInRecordException("decision.policy_revision");
        };
        Assert.Equal("DECISION_LOG_UNAVAILABLE", (await Recorder.RecordAsync(Calls.Of(), null))!.Code);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task The_outcome_is_recorded_although_the_caller_hung_up()
    {
        var http = Calls.Grpc();
        http.RequestAborted = new CancellationToken(canceled: true);
        var call = Calls.Of(http);
        await Recorder.RecordOutcomeAsync(call);
        Assert.Equal((call.DecisionId, -1, 4000L), (Assert.Single(_log.Outcomes).DecisionId, _log.Outcomes[0].GrpcStatus, _log.Outcomes[0].DurationMicroseconds));
        Assert.Equal(CallOutcome.HungUp, _log.Outcomes[0].ReasonCode);
    }

    [Fact]
    public async Task The_outcome_is_recorded_although_the_answer_cannot_be_completed()
    {
        var http = Calls.Grpc();
        http.Features.Set<IHttpResponseBodyFeature>(new BrokenBody());
        await Recorder.RecordOutcomeAsync(Calls.Of(http));
        Assert.Single(_log.Outcomes);
    }

    [Fact]
    public async Task The_outcome_has_its_own_time_limit_and_its_failure_reaches_nobody_but_the_operator()
    {
        var limit = CancellationToken.None;
        _log.Fault = (_, token) =>
        {
            limit = token;
            return new IOException("disk full");
        };
        await Recorder.RecordOutcomeAsync(Calls.Of());
        Assert.True(limit.CanBeCanceled);
        Assert.Equal((LogLevel.Error, 4002), (Assert.Single(_logger.Lines).Level, _logger.Lines[0].Id));
    }

    [Fact]
    public async Task The_outcome_says_what_the_target_disclosed()
    {
        var http = Calls.Grpc();
        http.Response.Headers["grpc-status"] = "0";
        http.Response.Headers["keten-disclosure-bin"] = Convert.ToBase64String(new Disclosure { Fields = { "city" }, Obligations = { "log-disclosure" } }.ToByteArray()).TrimEnd('=');
        await Recorder.RecordOutcomeAsync(Calls.Of(http));
        Assert.Equal((0, "city", "log-disclosure"), (_log.Outcomes[0].GrpcStatus, _log.Outcomes[0].Fields[0], _log.Outcomes[0].Obligations[0]));
    }

    [Theory]
    [InlineData("!!!")]
    [InlineData("////")]
    [InlineData("")]
    public async Task A_target_that_says_rubbish_does_not_keep_the_outcome_off_the_record(string disclosure)
    {
        var http = Calls.Grpc();
        http.Response.Headers["keten-disclosure-bin"] = disclosure;
        http.Response.Headers["grpc-status"] = "0x0";
        http.Response.Headers["keten-reason"] = "Jan Jansen";
        await Recorder.RecordOutcomeAsync(Calls.Of(http));
        Assert.Equal((-1, ""), (Assert.Single(_log.Outcomes).GrpcStatus, _log.Outcomes[0].ReasonCode));
        Assert.Empty(_log.Outcomes[0].Fields);
    }

    [Fact]
    public async Task A_target_that_writes_a_BSN_in_its_account_does_not_keep_the_outcome_off_the_record()
    {
        var http = Calls.Grpc();
        http.Response.Headers["keten-disclosure-bin"] = Convert.ToBase64String(new Disclosure { Fields = { "999912112" } }.ToByteArray());
        _log.Fault = (record, _) => record.Outcome.Fields.Count > 0 ? new BsnInRecordException("outcome.fields") : null;
        await Recorder.RecordOutcomeAsync(Calls.Of(http));
        Assert.Empty(Assert.Single(_log.Outcomes).Fields);
        Assert.Equal(4004, Assert.Single(_logger.Lines).Id);
    }

    private sealed class TheRegistry : IParticipantRegistry
    {
        public const byte DigestByte = 7;

        public IReadOnlyCollection<Participant> All => [];

        public ReadOnlyMemory<byte> Digest { get; } = Enumerable.Repeat(DigestByte, 32).ToArray();

        public bool TryGet(Oin oin, [MaybeNullWhen(false)] out Participant participant)
        {
            participant = null;
            return false;
        }

        public IChangeToken GetReloadToken() => new CancellationChangeToken(CancellationToken.None);
    }

    private sealed class BrokenBody : IHttpResponseBodyFeature
    {
        public Stream Stream => Stream.Null;

        public System.IO.Pipelines.PipeWriter Writer => System.IO.Pipelines.PipeWriter.Create(Stream.Null);

        public Task CompleteAsync() => throw new InvalidOperationException("Response Content-Length mismatch");

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
