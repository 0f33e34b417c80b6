using Keten.Protocol.V1;

namespace Keten.DecisionLog.Subjects;

/// <summary>Which fields of a decision tell of the person and are stored sealed. The rest stays in the clear: who asked what of whom, and why it was decided so.</summary>
internal static class SubjectFields
{
    private const ulong Sealed =
        (1UL << DecisionRecord.SubjectFieldNumber) | (1UL << DecisionRecord.CaseReferenceFieldNumber)
        | (1UL << DecisionRecord.AssertedFactsFieldNumber) | (1UL << DecisionRecord.JustificationFieldNumber);

    public static bool Contains(int number) => number < 64 && (Sealed & (1UL << number)) != 0;
}
