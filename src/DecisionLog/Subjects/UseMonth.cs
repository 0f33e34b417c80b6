namespace Keten.DecisionLog.Subjects;

/// <summary>
/// The month a key was last used in, as one number: how long its records must be kept follows from it, and from the log's own term. A month is
/// exact enough for a term of years, and costs one small write a month for each person.
/// </summary>
internal static class UseMonth
{
    public static int Of(DateTimeOffset moment) => (moment.UtcDateTime.Year * 12) + moment.UtcDateTime.Month - 1;

    /// <summary>The first moment after it.</summary>
    public static DateTimeOffset End(int month) => new((month + 1) / 12, ((month + 1) % 12) + 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>False for what can be no month, which is as good as never used.</summary>
    public static bool IsValid(int month) => month is >= 1970 * 12 and < 9000 * 12;
}
