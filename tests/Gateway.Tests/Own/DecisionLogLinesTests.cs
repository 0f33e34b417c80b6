using Google.Protobuf;
using Keten.Gateway.Own;
using Keten.Protocol.V1;

namespace Keten.Gateway.Tests.Own;

/// <summary>Whether informing the person was postponed, which decides whether a line of the log is shown (R18f).</summary>
public sealed class DecisionLogLinesTests
{
    [Theory]
    [InlineData(true, """{"inform_exemption": "safety"}""", "ALLOWED", "inform-subject-when-safe", true)]
    [InlineData(true, """{"subject_informed": true}""", "ALLOWED", "", false)]
    [InlineData(false, """{"inform_exemption": "safety"}""", "TARGET_NOT_INVOLVED", "", true)]
    [InlineData(false, """{"inform_exemption": "impossible"}""", "TARGET_NOT_INVOLVED", "", true)]
    [InlineData(false, """{"inform_exemption": "none"}""", "TARGET_NOT_INVOLVED", "", false)]
    [InlineData(false, """{"subject_informed": true}""", "TARGET_NOT_INVOLVED", "", false)]
    [InlineData(false, "", "TARGET_NOT_INVOLVED", "", false)]
    [InlineData(false, "{}", "FACTS_INVALID", "", true)]
    [InlineData(false, "{}", "METADATA_MALFORMED", "", true)]
    [InlineData(false, "no JSON", "EVENT_INVALID", "", true)]
    public void A_refusal_tells_by_what_was_asserted_whether_the_person_was_to_be_informed_later(
        bool allowed, string facts, string reason, string obligation, bool uninformed)
    {
        var decision = new DecisionRecord { Allowed = allowed, AssertedFacts = ByteString.CopyFromUtf8(facts), ReasonCode = reason };
        if (obligation.Length > 0)
        {
            decision.Obligations.Add(obligation);
        }

        Assert.Equal(uninformed, DecisionLogLines.IsUninformed(decision));
    }
}
