using System.Text.RegularExpressions;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Decisions;
using Keten.Gateway.Involvement;
using Keten.Gateway.Pipeline;
using Keten.Identity;
using Keten.Policy;
using Keten.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Gateway.Tests.Management;

/// <summary>R21 at the gateway: what it knows it passes on, what it does not know denies.</summary>
public sealed partial class ObligationTests
{
    [Fact]
    public void Every_obligation_of_the_register_is_known()
    {
        var register = File.ReadAllText(Path.Combine(Repository.Root, "src/PolicyBundles/keten/data/purposes.yaml"));
        var section = register[register.IndexOf("\nobligations:", StringComparison.Ordinal)..register.IndexOf("\npurposes:", StringComparison.Ordinal)];
        var ids = Id().Matches(section).Select(m => m.Groups[1].Value).ToArray();
        Assert.All(ids, id => Assert.True(KnownObligations.IsKnown(id), id));
        Assert.Equal(ids.Append(ObligationIds.DeleteAfter).Order(StringComparer.Ordinal), ObligationIds.All);
    }

    [Theory]
    [InlineData("delete-after:365d", true)]
    [InlineData("delete-after:", false)]
    [InlineData("delete-after:d", false)]
    [InlineData("delete-after:-1d", false)]
    [InlineData("delete-after:365", false)]
    [InlineData("delete-after:99999999999d", false)]
    [InlineData("log-disclosure ", false)]
    [InlineData("", false)]
    [InlineData("fly-a-flag", false)]
    public void Only_what_can_be_carried_out_is_known(string obligation, bool known) => Assert.Equal(known, KnownObligations.IsKnown(obligation));

    [Theory]
    [InlineData("log-disclosure", null)]
    [InlineData("fly-a-flag", "POLICY_OBLIGATION_UNKNOWN")]
    [InlineData("review-24h", "POLICY_OBLIGATION_UNKNOWN")]
    public async Task An_obligation_that_is_not_known_denies(string obligation, string? code)
    {
        var decision = new AccessDecision(new Fixed(obligation), new Nobody(), TimeProvider.System, NullLogger<AccessDecision>.Instance);
        var party = new Participant { Oin = Oin.Parse("00000099000000001004"), Name = "x", OrganisationType = "wijkteam", Status = "active" };
        var call = new Call(new DefaultHttpContext(), "id", DateTimeOffset.UnixEpoch) { Caller = party, Target = party, Operation = OperationCatalogue.Current.Operations.First() };
        Assert.Equal(code, (await decision.DecideAsync(call))?.Code);
        Assert.Equal("r1", call.Decision!.Revision);
    }

    [Fact]
    public void The_answer_carries_term_and_label_and_nothing_the_target_wrote_there()
    {
        var headers = new HeaderDictionary { ["keten-label"] = "free-for-all", ["keten-retention-days"] = "99999" };
        AnswerLabels.Write(Decision("delete-after:365d", "no-onward-sharing") with { RetentionDays = 365 }, headers);
        Assert.Equal(("365", "no-onward-sharing"), (headers["keten-retention-days"].ToString(), headers["keten-label"].ToString()));

        headers["keten-label"] = "free-for-all";
        headers["keten-retention-days"] = "99999";
        AnswerLabels.Write(Decision("log-disclosure"), headers);
        Assert.Empty(headers);
    }

    private static PolicyDecision Decision(params string[] obligations) => new()
    {
        Allow = true, ReasonCode = "ALLOWED", CallerCode = "ALLOWED", Rule = "R22", Obligations = obligations, Revision = "r1",
    };

    [GeneratedRegex(@"^  ([a-z0-9-]+):", RegexOptions.Multiline)]
    private static partial Regex Id();

    private sealed class Fixed(string obligation) : IPolicyEngine
    {
        public string Revision => "r1";

        public ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken) => ValueTask.FromResult(Decision(obligation));

        public ValueTask<InvolvementVisibility> VisibilityAsync(
            string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Nobody : IInvolvementView
    {
        public bool IsComplete => true;

        public bool IsInvolved(Oin organisation, Pseudonym person, string purpose) => false;

        public bool IsInvited(Oin organisation, Pseudonym person, string purpose) => false;
    }
}
