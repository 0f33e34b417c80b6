namespace Keten.DecisionLog.Reviews;

/// <summary>A use of break-glass in the review queue, as JSON for people and tools.</summary>
public sealed record ReviewItem
{
    public required string DecisionId { get; init; }

    /// <summary>Index of the decision in the log.</summary>
    public required long Index { get; init; }

    public required DateTimeOffset DecidedAt { get; init; }

    public required DateTimeOffset Due { get; init; }

    public required ReviewState State { get; init; }

    public required bool Overdue { get; init; }

    /// <summary>OIN of the organisation that asked.</summary>
    public required string Caller { get; init; }

    /// <summary>OIN of the organisation that was asked.</summary>
    public required string Target { get; init; }

    public required string Purpose { get; init; }

    public required string Category { get; init; }

    /// <summary>What the professional wrote; empty where it cannot be opened (any more).</summary>
    public required string Justification { get; init; }

    /// <summary>The professional's opaque id; empty for the organisation that was asked.</summary>
    public required string Actor { get; init; }

    public required IReadOnlyList<Verdict> Reviews { get; init; }

    /// <summary>Whether it is one of the <c>open</c>, <c>overdue</c>, <c>accepted</c> or <c>objected</c>; any other word: all.</summary>
    public bool IsIn(string state) => state switch
    {
        "open" => State == ReviewState.Open,
        "overdue" => Overdue,
        "accepted" => State == ReviewState.Accepted,
        "objected" => State == ReviewState.Objected,
        _ => true,
    };

    /// <summary>As it stands now.</summary>
    /// <param name="use">The use.</param>
    /// <param name="now">For what is overdue.</param>
    /// <param name="viewer">OIN of who looks; null: who may see all. Who it was stays within the professional's, and the reviewer's, own organisation.</param>
    public static ReviewItem From(BreakGlassUse use, DateTimeOffset now, string? viewer)
    {
        ArgumentNullException.ThrowIfNull(use);
        var decision = use.Decision;
        return new ReviewItem
        {
            DecisionId = decision.DecisionId, Index = use.Index, DecidedAt = decision.DecidedAt.ToDateTimeOffset(), Due = use.Due,
            State = use.State, Overdue = use.IsOverdue(now), Caller = decision.Caller.Oin, Target = decision.Target?.Oin ?? "",
            Purpose = decision.Purpose, Category = decision.Category, Justification = decision.Justification,
            Actor = viewer is null || viewer == decision.Caller.Oin ? decision.Actor : "",
            Reviews =
            [
                .. use.Reviews.Select(review => new Verdict(
                    review.Organisation, viewer is null || viewer == review.Organisation ? review.Reviewer : "",
                    review.Verdict == Protocol.V1.ReviewVerdict.Accepted ? ReviewState.Accepted : ReviewState.Objected,
                    review.RemarkCode, review.Remark, review.ReviewedAt?.ToDateTimeOffset() ?? default)),
            ],
        };
    }

    /// <summary>One organisation's review.</summary>
    /// <param name="Organisation">OIN.</param>
    /// <param name="Reviewer">Opaque id within it; empty for the other organisation.</param>
    /// <param name="Found">Accepted or objected.</param>
    /// <param name="RemarkCode">Why objected.</param>
    /// <param name="Remark">In the reviewer's words.</param>
    /// <param name="At">When.</param>
    public sealed record Verdict(
        string Organisation, string Reviewer, ReviewState Found,
        string RemarkCode, string Remark, DateTimeOffset At);
}
