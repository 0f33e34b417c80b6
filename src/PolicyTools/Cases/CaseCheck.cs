using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keten.PolicyTools.Cases;

/// <summary>
/// Runs cases against a policy. Decision, reason code, fields and obligations are always compared, in their order: a case that names no fields
/// or obligations expects none, as the bundle's own test does. Caller code, rule, legal basis, retention and break-glass when the case gives them.
/// </summary>
public static class CaseCheck
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One outcome a case, in the order of the file.</summary>
    public static IEnumerable<CaseOutcome> Run(LoadedPolicy policy, CaseFile file)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(file);
        return file.Cases.Select(example => Compare(example, policy.Ask(example.Input)));
    }

    private static CaseOutcome Compare(PolicyCase example, PolicyAnswer answer)
    {
        var differences = new List<CaseDifference>();
        Check("decision", answer.Decision);
        Check("reason_code", answer.ReasonCode);
        Check("caller_code", answer.CallerCode, onlyWhenGiven: true);
        Check("fields", answer.Fields);
        Check("obligations", answer.Obligations);
        Check("rule", answer.Rule, onlyWhenGiven: true);
        Check("legal_basis", answer.LegalBasis, onlyWhenGiven: true);
        Check("retention_days", answer.RetentionDays, onlyWhenGiven: true);
        Check("break_glass", answer.BreakGlass, onlyWhenGiven: true);
        return new CaseOutcome(example, answer, differences);

        void Check<T>(string what, T got, bool onlyWhenGiven = false)
        {
            var given = example.Expect.TryGetProperty(what, out var expected);
            if (!given && onlyWhenGiven)
            {
                return;
            }

            var gotJson = JsonSerializer.SerializeToElement(got, Readable);
            var expectedJson = given ? expected : JsonSerializer.SerializeToElement(Array.Empty<string>());
            if (!JsonElement.DeepEquals(expectedJson, gotJson))
            {
                differences.Add(new CaseDifference(what, JsonSerializer.Serialize(expectedJson, Readable), JsonSerializer.Serialize(gotJson, Readable)));
            }
        }
    }
}
