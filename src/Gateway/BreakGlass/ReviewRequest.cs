using System.Text;
using Keten.DecisionLog;
using Keten.DecisionLog.Reviews;
using Keten.Protocol.V1;

namespace Keten.Gateway.BreakGlass;

/// <summary>What a privacy officer sends: <c>{"verdict": "accepted" | "objected", "reviewer": "…", "remarkCode": "…", "remark": "…"}</c>.</summary>
/// <param name="Verdict">What was found.</param>
/// <param name="Reviewer">Who reviewed, opaque within the own organisation. Of an operator the name in <c>Gateway:Operators</c> counts.</param>
/// <param name="RemarkCode">Why objected; required then, and only then.</param>
/// <param name="Remark">In the reviewer's words, at most 1,024 characters; required with the code <c>other</c>.</param>
internal sealed record ReviewRequest(string? Verdict, string? Reviewer, string? RemarkCode, string? Remark)
{
    private const int MaxReviewer = 64;
    private const int MaxRemark = 1024;

    public ReviewVerdict Found => Verdict switch
    {
        "accepted" => ReviewVerdict.Accepted,
        "objected" => ReviewVerdict.Objected,
        _ => ReviewVerdict.Unspecified,
    };

    /// <summary>What is wrong, without a value from the request; null when nothing is.</summary>
    public string? Fault() =>
        Found == ReviewVerdict.Unspecified ? "verdict: expected accepted or objected."
        : Reviewer is not { Length: > 0 and <= MaxReviewer } || !Reviewer.All(c => c is > ' ' and <= '~') ? $"reviewer: expected an opaque id of 1 to {MaxReviewer} visible ASCII characters."
        : Found == ReviewVerdict.Objected && !RemarkCodes.All.Contains(RemarkCode ?? "") ? $"remarkCode: an objection has one of {string.Join(", ", RemarkCodes.All)}."
        : Found == ReviewVerdict.Accepted && !string.IsNullOrEmpty(RemarkCode) ? "remarkCode: only an objection has one."
        : (Remark ?? "") is { Length: > MaxRemark } || (Remark ?? "").Any(char.IsControl) ? $"remark: expected at most {MaxRemark} characters on one line."
        : RemarkCode == RemarkCodes.Other && string.IsNullOrWhiteSpace(Remark) ? "remark: the code other needs one."
        : HoldsBsn(Reviewer) || HoldsBsn(Remark) ? "reviewer, remark: a number that may be a BSN; write your own reference instead."
        : null;

    private static bool HoldsBsn(string? text) => BsnPattern.Contains(Encoding.UTF8.GetBytes(text ?? ""));
}
