using System.Text.Json;

namespace Keten.PolicyTools;

/// <summary>The policy's answer with everything in it, also what a gateway has no use for.</summary>
public sealed record PolicyAnswer
{
    /// <summary>Code of an answer that is none; a gateway denies with it.</summary>
    public const string NoAnswerCode = "UNAVAILABLE";

    public required bool Allow { get; init; }

    public required string ReasonCode { get; init; }

    /// <summary>What the caller is told (R22).</summary>
    public required string CallerCode { get; init; }

    /// <summary>The rule that decided, R1 to R22; <c>none</c> when the engine gave no answer.</summary>
    public required string Rule { get; init; }

    public IReadOnlyList<string> Fields { get; init; } = [];

    public IReadOnlyList<string> Obligations { get; init; } = [];

    public IReadOnlyList<string> LegalBasis { get; init; } = [];

    public int RetentionDays { get; init; }

    public bool BreakGlass { get; init; }

    public IReadOnlyList<AnswerReason> Reasons { get; init; } = [];

    /// <summary><c>allow</c> or <c>deny</c>.</summary>
    public string Decision => Allow ? "allow" : "deny";

    internal static PolicyAnswer None(string why) => new()
    {
        Allow = false, ReasonCode = NoAnswerCode, CallerCode = NoAnswerCode, Rule = "none",
        Reasons = [new AnswerReason(NoAnswerCode, true, "Het beleid gaf geen antwoord: " + why, "The policy gave no answer: " + why)],
    };

    /// <summary>Reads a result set; anything but one complete answer is none, as in a gateway.</summary>
    internal static PolicyAnswer Parse(ReadOnlyMemory<byte> resultSet)
    {
        try
        {
            using var document = JsonDocument.Parse(resultSet);
            if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() != 1)
            {
                return None("the result set is not exactly one result");
            }

            var result = document.RootElement[0].GetProperty("result");
            var answer = new PolicyAnswer
            {
                Allow = result.GetProperty("allow").GetBoolean(),
                ReasonCode = Text(result, "reason_code"),
                CallerCode = Text(result, "caller_code"),
                Rule = Text(result, "rule"),
                Fields = Texts(result, "fields"),
                Obligations = Texts(result, "obligations"),
                LegalBasis = Texts(result, "legal_basis"),
                RetentionDays = result.GetProperty("retention_days").GetInt32(),
                BreakGlass = result.GetProperty("break_glass").GetBoolean(),
                Reasons = [.. result.GetProperty("reasons").EnumerateArray().Select(Reason)],
            };
            return answer.Allow && answer.ReasonCode is not ("ALLOWED" or "ALLOWED_BREAK_GLASS")
                ? None("it allows with a refusal's code")
                : answer;
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return None("its answer is incomplete");
        }
    }

    private static AnswerReason Reason(JsonElement reason) => new(
        Text(reason, "code"), reason.GetProperty("disclosable").GetBoolean(), Text(reason, "nl"), Text(reason, "en"));

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString() ?? throw new FormatException(name);

    private static string[] Texts(JsonElement parent, string name) =>
        [.. parent.GetProperty(name).EnumerateArray().Select(item => item.GetString() ?? throw new FormatException(name))];
}
