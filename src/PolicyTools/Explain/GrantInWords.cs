using System.Text.Json;

namespace Keten.PolicyTools.Explain;

/// <summary>The register line that R8 and R9 found, for people.</summary>
/// <param name="Purpose">Purpose id.</param>
/// <param name="Category">Category id.</param>
/// <param name="Caller">Organisation type that asks.</param>
/// <param name="Operation">Operation id.</param>
/// <param name="Target">Organisation type asked.</param>
/// <param name="LegalBasis">Grounds in law.</param>
/// <param name="RetentionDays">Longest the receiver keeps it; 0: no term.</param>
/// <param name="Fields">The most this line gives.</param>
/// <param name="ConditionsNl">Conditions it sets on the case, in Dutch.</param>
/// <param name="ConditionsEn">The same in English.</param>
public sealed record GrantInWords(
    string Purpose,
    string Category,
    string Caller,
    string Operation,
    string Target,
    IReadOnlyList<string> LegalBasis,
    int RetentionDays,
    IReadOnlyList<string> Fields,
    IReadOnlyList<string> ConditionsNl,
    IReadOnlyList<string> ConditionsEn)
{
    internal static GrantInWords Of(QuestionParts question, JsonElement line)
    {
        var conditions = Conditions(line).ToList();
        return new GrantInWords(
            question.Purpose!, question.Category!, question.Caller!, question.Operation!, question.Target!,
            Texts(line.GetProperty("legal_basis")), line.GetProperty("retention_days").GetInt32(), Texts(line.GetProperty("fields")),
            [.. conditions.Select(condition => condition.Nl)], [.. conditions.Select(condition => condition.En)]);
    }

    private static IEnumerable<(string Nl, string En)> Conditions(JsonElement line)
    {
        if (line.TryGetProperty("roles", out var roles))
        {
            yield return ($"rol: {Keys(roles)}", $"role: {Keys(roles)}");
        }

        if (line.TryGetProperty("age", out var age))
        {
            yield return ($"leeftijd van {age.GetProperty("min")} tot en met {age.GetProperty("max")}", $"age from {age.GetProperty("min")} to {age.GetProperty("max")}");
        }

        foreach (var state in line.TryGetProperty("requires", out var states) ? states.EnumerateArray() : [])
        {
            yield return ($"vastgelegd: {state.GetProperty("fact")}", $"recorded: {state.GetProperty("fact")}");
        }

        if (line.TryGetProperty("crisis_levels", out var levels))
        {
            yield return ($"crisisniveau {Keys(levels)}", $"crisis level {Keys(levels)}");
        }

        if (line.TryGetProperty("core", out var core))
        {
            yield return ($"uitgenodigd, tenzij {Keys(core)}", $"invited, unless {Keys(core)}");
        }

        if (line.GetProperty("consent").GetBoolean())
        {
            yield return ("geldige toestemming", "valid consent");
        }
        else if (line.GetProperty("secrecy").GetString() == "consent")
        {
            yield return ("geldige toestemming waar medisch beroepsgeheim geldt", "valid consent where medical secrecy applies");
        }

        if (line.GetProperty("subject_access").GetBoolean())
        {
            yield return ("inzage door of namens de betrokkene", "inspection by or for the person");
        }

        if (line.GetProperty("caller_involved").GetBoolean())
        {
            yield return ("vrager betrokken", "caller involved");
        }

        if (line.GetProperty("target_involved").GetBoolean())
        {
            yield return ("doelorganisatie betrokken", "target involved");
        }

        if (line.GetProperty("informed").GetString() is { } informed and not "not-required")
        {
            yield return informed == "required"
                ? ("betrokkene geïnformeerd", "person informed")
                : ("betrokkene geïnformeerd, of grond om dat uit te stellen", "person informed, or a ground to postpone that");
        }
    }

    private static string Keys(JsonElement set) => string.Join(", ", set.EnumerateObject().Select(entry => entry.Name));

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];
}
