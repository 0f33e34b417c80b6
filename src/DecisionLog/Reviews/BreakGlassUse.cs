using Google.Protobuf;
using Keten.Contracts;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Reviews;

/// <summary>
/// One use of break-glass that opened data, and what was found of it (domain.md sections 6 and 9). The organisation that asked owes the review
/// within the term; the one that was asked is told and may review as well. An objection of either stands.
/// </summary>
public sealed class BreakGlassUse
{
    /// <summary>The term of <c>review-24h</c>, from the decision on.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromHours(24);

    // Only there data travels; a question beforehand is answered in the same words.
    private const string OpeningPoint = "gateway";

    private BreakGlassUse(long index, long subjectKey, DecisionRecord decision, IReadOnlyList<ReviewRecord> reviews)
    {
        Index = index;
        SubjectKey = subjectKey;
        Decision = decision;
        Reviews = reviews;
        Due = decision.DecidedAt.ToDateTimeOffset() + Term;
    }

    /// <summary>Index of the decision in the log.</summary>
    public long Index { get; }

    /// <summary>Number of the key with which the log seals what tells of the person; 0: nothing does.</summary>
    public long SubjectKey { get; }

    /// <summary>The decision.</summary>
    public DecisionRecord Decision { get; }

    /// <summary>When the review is to be there.</summary>
    public DateTimeOffset Due { get; }

    /// <summary>At most one of each organisation, in the order they came.</summary>
    public IReadOnlyList<ReviewRecord> Reviews { get; }

    /// <summary>Where it stands, by the reviews alone.</summary>
    public ReviewState State =>
        Reviews.Any(review => review.Verdict == ReviewVerdict.Objected) ? ReviewState.Objected
        : IsReviewedBy(Decision.Caller.Oin) ? ReviewState.Accepted : ReviewState.Open;

    /// <summary>Null when this decision opened nothing that is to be reviewed.</summary>
    public static BreakGlassUse? From(long index, LogRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Decision is { Allowed: true, BreakGlass: true, EnforcementPoint: OpeningPoint, Caller: not null, DecidedAt: not null } decision
            && decision.Obligations.Contains(ObligationIds.Review24Hours) ? new BreakGlassUse(index, record.SubjectKey, decision, []) : null;
    }

    /// <summary>The term has passed and it is still open.</summary>
    public bool IsOverdue(DateTimeOffset now) => State == ReviewState.Open && now > Due;

    /// <summary>Whether the organisation with this OIN asked or was asked.</summary>
    public bool Concerns(string oin) => Decision.Caller.Oin == oin || Decision.Target?.Oin == oin;

    /// <summary>Whether that organisation has given its review.</summary>
    public bool IsReviewedBy(string oin) => Reviews.Any(review => review.Organisation == oin);

    /// <summary>The use with this review. What the desk refuses changes nothing when it is on a log all the same.</summary>
    public BreakGlassUse With(ReviewRecord review)
    {
        ArgumentNullException.ThrowIfNull(review);
        return review.Verdict == ReviewVerdict.Unspecified || !Concerns(review.Organisation) || IsReviewedBy(review.Organisation)
            ? this : new BreakGlassUse(Index, SubjectKey, Decision, [.. Reviews, review]);
    }

    /// <summary>The use as a reader finds it once the person was erased.</summary>
    internal BreakGlassUse WithoutPerson()
    {
        var decision = Decision.Clone();
        (decision.Subject, decision.CaseReference, decision.AssertedFacts, decision.Justification) = ("", "", ByteString.Empty, "");
        var reviews = Reviews.Select(review =>
        {
            var silent = review.Clone();
            silent.Remark = "";
            return silent;
        });
        return new BreakGlassUse(Index, SubjectKey, decision, [.. reviews]);
    }
}
