using Keten.Contracts;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Routing;
using Keten.Gateway.Tests.Pipeline;
using Keten.Protocol.V1;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Gateway.Tests.Routing;

public sealed class PermitWriterTests
{
    private readonly FakeTimeProvider _time = new(Calls.Moment + TimeSpan.FromMilliseconds(3));

    [Fact]
    public void Whatever_the_caller_wrote_in_the_gateways_name_is_gone()
    {
        var call = Decided();
        var headers = call.Http.Request.Headers;
        headers["Keten-Decision-Bin"] = new StringValues(["forged", "twice"]);
        headers["keten-decision"] = "forged";
        headers["KETEN-DECISION-EXTRA"] = "forged";
        headers["keten-disclosure-bin"] = "forged";
        headers["keten-reason"] = "forged";
        headers["fsc-transaction-id"] = "forged";
        headers["grpc-timeout"] = "99999999H";
        Write(call);

        Assert.DoesNotContain(headers, h => h.Value.ToString().Contains("forged", StringComparison.Ordinal));
        Assert.Equal(["keten-decision-bin"], headers.Keys.Where(k => k.StartsWith("keten-decision", StringComparison.OrdinalIgnoreCase)).Select(k => k.ToLowerInvariant()));
        Assert.Equal(call.DecisionId, Permit(call).DecisionId);
        Assert.Equal("7000m", headers["grpc-timeout"]);
        Assert.Equal(call.TransactionId, headers["fsc-transaction-id"]);
    }

    [Fact]
    public void What_is_in_the_permit_already_is_not_told_twice()
    {
        var call = Decided();
        foreach (var name in new[] { KetenHeaders.Actor, KetenHeaders.ActorRole, KetenHeaders.Case, KetenHeaders.Facts, KetenHeaders.Justification, KetenHeaders.Fields })
        {
            call.Http.Request.Headers[name] = "x";
        }

        call.Http.Request.Headers[KetenHeaders.Subject] = Calls.Child.Value;
        Write(call);
        Assert.Equal(["fsc-transaction-id", "grpc-timeout", "keten-decision-bin", "keten-subject"],
            call.Http.Request.Headers.Keys.Where(k => k != "Content-Type").Select(k => k.ToLowerInvariant()).Order());
    }

    [Fact]
    public void Of_a_question_about_nobody_nothing_the_caller_wrote_goes_along()
    {
        var call = Calls.Of();
        call.Http.Request.Headers[KetenHeaders.Subject] = "999912112";
        call.Http.Request.Headers[KetenHeaders.Purpose] = "999912112";
        call.Http.Request.Headers.UserAgent = call.Http.Request.Headers["tracestate"] = call.Http.Request.Headers["grpc-x"] = "999912112";
        Write(call);
        Assert.DoesNotContain(call.Http.Request.Headers, h => h.Value.ToString().Contains("999912112", StringComparison.Ordinal));
    }

    [Fact]
    public void The_permit_says_what_was_decided_about_whom_for_how_long()
    {
        var call = Decided();
        call.CallerInvolved = call.CallerInvited = true;
        call.RequestedFields = ["city"];
        call.Justification = "because";
        Write(call);
        var permit = Permit(call);
        Assert.Equal((Calls.Operation, "naw", AccessAction.Read), (permit.Operation, permit.Category, permit.Action));
        Assert.Equal((Calls.Wijkteam.Oin.Value, Calls.Gemeente.Oin.Value, Calls.Child.Value), (permit.Caller.Oin, permit.Target.Oin, permit.Subject));
        Assert.Equal(Calls.Allowed.Fields, permit.Fields);
        Assert.Equal(Calls.Allowed.Obligations, permit.Obligations);
        Assert.Equal((true, false, true), (permit.CallerInvolved, permit.TargetInvolved, permit.CallerInvited));
        Assert.Equal(("because", "city", "r1"), (permit.Justification, Assert.Single(permit.RequestedFields), permit.PolicyRevision));
        Assert.Equal(Calls.Moment, permit.DecidedAt.ToDateTimeOffset());
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(30), permit.ExpiresAt.ToDateTimeOffset());
    }

    private static Call Decided()
    {
        var call = Calls.Of();
        call.Decision = Calls.Allowed;
        return call;
    }

    private void Write(Call call) => new PermitWriter(_time).Write(call, TimeSpan.FromSeconds(7));

    private static Decision Permit(Call call)
    {
        var text = call.Http.Request.Headers["keten-decision-bin"].ToString();
        Assert.DoesNotContain('=', text);
        return Decision.Parser.ParseFrom(Convert.FromBase64String(text.PadRight((text.Length + 3) & ~3, '=')));
    }
}
