namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>Age in whole years, as the register counts it: on the day of the request.</summary>
public static class Age
{
    /// <summary>Someone born on 29 February has a birthday on 1 March in other years (BW 1, common reading).</summary>
    public static int On(DateOnly birthDate, DateOnly day)
    {
        var years = day.Year - birthDate.Year;
        return (day.Month, day.Day).CompareTo((birthDate.Month, birthDate.Day)) < 0 ? years - 1 : years;
    }
}
