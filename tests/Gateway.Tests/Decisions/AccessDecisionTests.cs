using Keten.Gateway.Decisions;
using Keten.Gateway.Tests.Pipeline;
using Keten.Policy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Gateway.Tests.Decisions;

public sealed class AccessDecisionTests
{
    private readonly TheEngine _engine = new();
    private readonly TheLogger<AccessDecision> _logger = new();
    private readonly FakeTimeProvider _time = new(Calls.Moment);

    [Fact]
    public async Task Lets_through_what_the_policy_allows_and_keeps_its_answer()
    {
        var call = Calls.Of();
        Assert.Null(await DecideAsync(call));
        Assert.Same(Calls.Allowed, call.Decision);
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public async Task Refuses_what_the_policy_denies_and_tells_the_caller_only_what_it_may_know()
    {
        _engine.Answer = (_, _) => ValueTask.FromResult(Calls.Denied);
        var refused = await DecideAsync(Calls.Of());
        Assert.Equal(("TARGET_NOT_INVOLVED", "ACCESS_NOT_PERMITTED", Grpc.Core.StatusCode.PermissionDenied), (refused!.Code, refused.CallerCode, refused.Status));
    }

    [Fact]
    public async Task Asks_with_what_the_gateway_itself_knows()
    {
        await DecideAsync(Calls.Of(), new TheView(caller: true, invited: true));
        var asked = _engine.Asked!;
        Assert.Equal((true, false, true), (asked.CallerInvolved, asked.TargetInvolved, asked.Invited));
        Assert.Equal("2026-03-02T09:30:00.0000000Z", asked.Time);
        Assert.Null(asked.SecretAddress);
    }

    [Fact]
    public async Task Decides_nothing_while_it_does_not_know_yet_who_is_involved()
    {
        var refused = await DecideAsync(Calls.Of(), new TheView { IsComplete = false });
        Assert.Equal(("GATEWAY_NOT_READY", Grpc.Core.StatusCode.Unavailable), (refused!.Code, refused.Status));
        Assert.Null(_engine.Asked);
    }

    [Fact]
    public async Task Denies_when_the_policy_engine_says_it_cannot()
    {
        _engine.Answer = (_, _) => throw new PolicyUnavailableException("the policy gave no answer");
        await DeniedAsync(Calls.Of());
        Assert.Equal((LogLevel.Error, 3001), (Assert.Single(_logger.Lines).Level, _logger.Lines[0].Id));
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(HttpRequestException))]
    public async Task Denies_when_the_policy_engine_throws_anything_and_logs_only_what(Type kind)
    {
        _engine.Answer = (_, _) => ValueTask.FromException<PolicyDecision>((Exception)Activator.CreateInstance(kind, "999912112 Jansen")!);
        await DeniedAsync(Calls.Of());
        var line = Assert.Single(_logger.Lines);
        Assert.DoesNotContain("Jansen", line.Text, StringComparison.Ordinal);
        Assert.Null(line.Exception);
        Assert.Contains(kind.Name, line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Denies_when_the_policy_engine_does_not_answer()
    {
        var never = new TaskCompletionSource<PolicyDecision>();
        _engine.Answer = (_, _) => new ValueTask<PolicyDecision>(never.Task);
        var call = Calls.Of();
        var deciding = DecideAsync(call).AsTask();
        Assert.False(deciding.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("POLICY_UNAVAILABLE", (await deciding.WaitAsync(TimeSpan.FromSeconds(10)))?.Code);

        never.SetResult(Calls.Allowed);
        Assert.Null(call.Decision);
    }

    [Fact]
    public async Task Denies_when_the_caller_hangs_up_before_the_answer()
    {
        using var hungUp = new CancellationTokenSource();
        _engine.Answer = async (_, token) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(token);
            return Calls.Allowed;
        };
        var http = Calls.Grpc();
        http.RequestAborted = hungUp.Token;
        var deciding = DecideAsync(Calls.Of(http)).AsTask();
        await hungUp.CancelAsync();
        Assert.Equal("POLICY_UNAVAILABLE", (await deciding.WaitAsync(TimeSpan.FromSeconds(10)))?.Code);
        Assert.DoesNotContain(_logger.Lines, l => l.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Denies_when_there_is_nobody_to_decide_about()
    {
        var call = Calls.Of();
        call.Caller = null;
        await DeniedAsync(call);
    }

    private ValueTask<Keten.Gateway.Pipeline.Refused?> DecideAsync(Keten.Gateway.Pipeline.Call call, TheView? view = null) =>
        new AccessDecision(_engine, view ?? new TheView(), _time, _logger).DecideAsync(call);

    private async Task DeniedAsync(Keten.Gateway.Pipeline.Call call)
    {
        Assert.Equal("POLICY_UNAVAILABLE", (await DecideAsync(call))?.Code);
        Assert.Null(call.Decision);
    }
}
