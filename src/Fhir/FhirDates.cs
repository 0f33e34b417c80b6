using System.Globalization;
using Hl7.Fhir.Model;

namespace Keten.Fhir;

/// <summary>The contracts carry dates as text; R4 refuses what is no date, and a value is never guessed at.</summary>
internal static class FhirDates
{
    /// <summary>Gives a date to <paramref name="set"/>, and text that is no date to <paramref name="otherwise"/>; nothing when there is none.</summary>
    public static void Set(string text, Action<string> set, Action otherwise)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            set(text);
        }
        else if (text.Length > 0)
        {
            otherwise();
        }
    }

    /// <summary>A period; null when neither end is known. What is no date goes to the resource under its field's name.</summary>
    public static Period? Period(IExtendable resource, (string Field, string Text) start, (string Field, string Text) end)
    {
        var period = new Period();
        Set(start.Text, date => period.Start = date, () => resource.AddField(start.Field, FhirTexts.Of(start.Text)));
        Set(end.Text, date => period.End = date, () => resource.AddField(end.Field, FhirTexts.Of(end.Text)));
        return period.Start is null && period.End is null ? null : period;
    }
}
