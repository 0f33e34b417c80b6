using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Adapters.Sdk.Tests.Disclosure;

public sealed class PermitVerifierTests
{
    private readonly FakeTimeProvider _time = new(ThePermit.Moment + TimeSpan.FromSeconds(1));

    private PermitVerifier Verifier => new(Oin.Parse(ThePermit.Target), _time);

    [Fact]
    public void Accepts_the_permit_of_this_call()
    {
        var permit = ThePermit.For();
        Assert.Equal(permit, Verify(ThePermit.Headers(permit)));
    }

    public static TheoryData<string, Action<Decision>> Others => new()
    {
        { "another method", p => p.Operation = ThePermit.WatchPerson },
        { "no method", p => p.Operation = "" },
        { "another category", p => p.Category = "gezinssamenstelling" },
        { "another target", p => p.Target.Oin = ThePermit.Caller },
        { "no target", p => p.Target = null },
        { "no caller", p => p.Caller = null },
        { "no id", p => p.DecisionId = "" },
        { "an id that is none", p => p.DecisionId = "1" },
    };

    [Theory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public void A_permit_for_another_call_is_refused(string why, Action<Decision> change)
    {
        Assert.NotEmpty(why);
        Assert.Same(Refusals.DecisionMismatch, Refused(ThePermit.Headers(ThePermit.For(change: change))));
    }

    [Theory]
    [InlineData(KetenHeaders.Subject)]
    [InlineData(KetenHeaders.Purpose)]
    public void The_headers_say_the_same_person_and_purpose_once_as_the_permit(string name)
    {
        var permit = ThePermit.For();
        var missing = Without(ThePermit.Headers(permit), name);
        Assert.Same(Refusals.DecisionMismatch, Refused(missing));
        missing.Add(name, "another");
        Assert.Same(Refusals.DecisionMismatch, Refused(missing));
        var twice = ThePermit.Headers(permit);
        twice.Add(name, twice.GetValue(name)!);
        Assert.Same(Refusals.DecisionMismatch, Refused(twice));
    }

    [Theory]
    [InlineData(-6, false)]
    [InlineData(-5, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(35, true)]
    [InlineData(35.1, false)]
    [InlineData(3600, false)]
    public void Is_valid_from_the_decision_to_its_expiry_with_five_seconds_for_clocks_that_differ(double after, bool valid)
    {
        var headers = ThePermit.Headers(ThePermit.For());
        var time = new FakeTimeProvider(ThePermit.Moment + TimeSpan.FromSeconds(after));
        var verifier = new PermitVerifier(Oin.Parse(ThePermit.Target), time);
        if (valid)
        {
            verifier.Verify(new TheCall(headers), ThePermit.Operation(ThePermit.GetPerson));
        }
        else
        {
            Assert.Same(Refusals.DecisionExpired, Assert.Throws<AdapterRefusedException>(
                () => verifier.Verify(new TheCall(headers), ThePermit.Operation(ThePermit.GetPerson))).Refusal);
        }
    }

    [Fact]
    public void A_permit_without_a_moment_or_with_one_that_is_none_is_worthless()
    {
        Assert.Same(Refusals.DecisionExpired, Refused(ThePermit.Headers(ThePermit.For(change: p => p.ExpiresAt = null))));
        Assert.Same(Refusals.DecisionExpired, Refused(ThePermit.Headers(ThePermit.For(change: p => p.DecidedAt = null))));
        Assert.Same(Refusals.DecisionExpired, Refused(ThePermit.Headers(ThePermit.For(change: p => p.ExpiresAt = new Timestamp { Seconds = long.MaxValue }))));
        Assert.Same(Refusals.DecisionExpired, Refused(ThePermit.Headers(ThePermit.For(change: p => p.ExpiresAt = new Timestamp { Seconds = 253_402_300_799, Nanos = -1 }))));
        Verify(ThePermit.Headers(ThePermit.For(change: p => p.ExpiresAt = Timestamp.FromDateTimeOffset(DateTimeOffset.MaxValue))));
    }

    [Fact]
    public void No_permit_or_two_permits_are_none()
    {
        var permit = ThePermit.For();
        Assert.Same(Refusals.DecisionMissing, Refused(Without(ThePermit.Headers(permit), KetenHeaders.Decision)));
        var two = ThePermit.Headers(permit);
        two.Add(KetenHeaders.Decision, permit.ToByteArray());
        Assert.Same(Refusals.DecisionMissing, Refused(two));
    }

    [Fact]
    public void A_binary_header_that_cannot_be_read_is_no_permit()
    {
        var call = new TheCall(() => throw new FormatException("no base64"));
        Assert.Same(Refusals.DecisionMissing, Assert.Throws<AdapterRefusedException>(() => Verifier.Verify(call, ThePermit.Operation(ThePermit.GetPerson))).Refusal);
        Assert.Equal(("", ""), PermitVerifier.IdsOf(call));
    }

    [Fact]
    public void Rubbish_is_refused_and_never_anything_else() =>
        Gen.Byte.Array[0, 120].Sample(bytes => Rubbish(bytes), iter: 20_000);

    [Fact]
    public void A_permit_with_damaged_bytes_is_refused_or_about_this_call_all_the_same()
    {
        var good = ThePermit.For().ToByteArray();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            var damaged = good.ToArray();
            damaged[at] = value;
            Rubbish(damaged[..Math.Max(length, 1)]);
            Rubbish(damaged);
        }, iter: 20_000);
    }

    private void Rubbish(byte[] bytes)
    {
        var headers = Without(ThePermit.Headers(ThePermit.For()), KetenHeaders.Decision);
        headers.Add(KetenHeaders.Decision, bytes);
        try
        {
            var permit = Verify(headers);
            Assert.Equal((ThePermit.GetPerson, ThePermit.Target, ThePermit.Child.Value, "naw"), (permit.Operation, permit.Target.Oin, permit.Subject, permit.Category));
        }
        catch (AdapterRefusedException refused)
        {
            Assert.Contains(refused.Refusal, new[] { Refusals.DecisionMissing, Refusals.DecisionMismatch, Refusals.DecisionExpired });
        }

        PermitVerifier.IdsOf(new TheCall(headers));
    }

    private Decision Verify(Metadata headers) => Verifier.Verify(new TheCall(headers), ThePermit.Operation(ThePermit.GetPerson));

    private Refusal Refused(Metadata headers) => Assert.Throws<AdapterRefusedException>(() => Verify(headers)).Refusal;

    private static Metadata Without(Metadata headers, string name)
    {
        headers.Remove(headers.Single(h => h.Key == name));
        return headers;
    }

    private sealed class TheCall(Func<Metadata> headers) : ServerCallContext
    {
        public TheCall(Metadata headers)
            : this(() => headers)
        {
        }

        protected override string MethodCore => ThePermit.GetPerson;

        protected override string HostCore => "";

        protected override string PeerCore => "";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore => headers();

        protected override CancellationToken CancellationTokenCore => CancellationToken.None;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => throw new NotSupportedException();

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
