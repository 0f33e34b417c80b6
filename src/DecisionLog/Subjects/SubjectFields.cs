using Keten.Protocol.V1;

namespace Keten.DecisionLog.Subjects;

/// <summary>
/// Which fields of a decision and of a review tell of the person and are stored sealed. The rest stays in the clear: who asked what of whom, and why
/// it was decided so; who reviewed it, and what was found.
/// </summary>
internal static class SubjectFields
{
    private const ulong OfDecision =
        (1UL << DecisionRecord.SubjectFieldNumber) | (1UL << DecisionRecord.CaseReferenceFieldNumber)
        | (1UL << DecisionRecord.AssertedFactsFieldNumber) | (1UL << DecisionRecord.JustificationFieldNumber);

    private const ulong OfReview = 1UL << ReviewRecord.RemarkFieldNumber;

    /// <summary>Field of the message in both that a seal is bound to.</summary>
    public const int DecisionId = DecisionRecord.DecisionIdFieldNumber;

    /// <summary>Those of the message in this field of a <see cref="LogRecord"/>, a bit for each; 0: none.</summary>
    public static ulong Of(int record) => record switch
    {
        LogRecord.DecisionFieldNumber => OfDecision,
        LogRecord.ReviewFieldNumber => OfReview,
        _ => 0,
    };

    public static bool Contains(ulong fields, int number) => number < 64 && (fields & (1UL << number)) != 0;
}
