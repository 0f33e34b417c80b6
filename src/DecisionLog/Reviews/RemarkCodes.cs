namespace Keten.DecisionLog.Reviews;

/// <summary>Why a privacy officer objects to a use of break-glass.</summary>
public static class RemarkCodes
{
    /// <summary>No red crisis in the file of either organisation: a data breach to be assessed (AVG 33 and 34; domain.md section 6).</summary>
    public const string NoRedCrisis = "no-red-crisis";

    /// <summary>The reason written down does not carry it.</summary>
    public const string JustificationInsufficient = "justification-insufficient";

    /// <summary>About somebody else than the crisis was about.</summary>
    public const string WrongPerson = "wrong-person";

    /// <summary>More was opened than the crisis asked for.</summary>
    public const string MoreThanNeeded = "more-than-needed";

    /// <summary>Something else; the remark says what.</summary>
    public const string Other = "other";

    /// <summary>Every code.</summary>
    public static IReadOnlyList<string> All { get; } = [NoRedCrisis, JustificationInsufficient, WrongPerson, MoreThanNeeded, Other];
}
