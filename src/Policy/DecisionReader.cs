using System.Text.Json;

namespace Keten.Policy;

/// <summary>Reads the policy's answer. Anything but exactly one complete answer of the right types is no answer.</summary>
internal static class DecisionReader
{
    private const string GeneralCode = "ACCESS_NOT_PERMITTED";
    private const string GeneralTextNl = "Toegang is niet toegestaan.";
    private const string GeneralTextEn = "Access is not permitted.";

    /// <summary>Reads the object that the reader stands on the start of, and leaves it on its end.</summary>
    /// <exception cref="PolicyUnavailableException">Incomplete, contradictory or of another type.</exception>
    public static PolicyDecision Read(ref Utf8JsonReader reader, string revision)
    {
        bool? allow = null;
        string? reasonCode = null, callerCode = null, rule = null;
        string textNl = "", textEn = "";
        IReadOnlyList<string> fields = [], obligations = [], legalBasis = [];
        var retention = 0;
        var breakGlass = false;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("allow"u8))
            {
                allow = Flag(ref reader);
            }
            else if (reader.ValueTextEquals("reason_code"u8))
            {
                reasonCode = Text(ref reader);
            }
            else if (reader.ValueTextEquals("caller_code"u8))
            {
                callerCode = Text(ref reader);
            }
            else if (reader.ValueTextEquals("rule"u8))
            {
                rule = Text(ref reader);
            }
            else if (reader.ValueTextEquals("fields"u8))
            {
                fields = Texts(ref reader);
            }
            else if (reader.ValueTextEquals("obligations"u8))
            {
                obligations = Texts(ref reader);
            }
            else if (reader.ValueTextEquals("legal_basis"u8))
            {
                legalBasis = Texts(ref reader);
            }
            else if (reader.ValueTextEquals("retention_days"u8))
            {
                retention = Days(ref reader);
            }
            else if (reader.ValueTextEquals("break_glass"u8))
            {
                breakGlass = Flag(ref reader);
            }
            else if (reader.ValueTextEquals("reasons"u8))
            {
                ReadReasons(ref reader, ref textNl, ref textEn);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (allow is not { } decided || reasonCode is null || callerCode is null || rule is null)
        {
            throw new PolicyUnavailableException("the policy's answer is incomplete: expected allow, reason_code, caller_code and rule");
        }

        if (decided && reasonCode is not ("ALLOWED" or "ALLOWED_BREAK_GLASS"))
        {
            throw new PolicyUnavailableException("the policy allows with a refusal's code");
        }

        if (callerCode == GeneralCode)
        {
            (textNl, textEn) = (GeneralTextNl, GeneralTextEn);
        }

        return new PolicyDecision
        {
            Allow = decided, ReasonCode = reasonCode, CallerCode = callerCode, Rule = rule, Fields = fields, Obligations = obligations,
            LegalBasis = legalBasis, RetentionDays = retention, BreakGlass = breakGlass, CallerTextNl = textNl, CallerTextEn = textEn,
            Revision = revision,
        };
    }

    /// <inheritdoc cref="Read"/>
    public static InvolvementVisibility ReadVisibility(ref Utf8JsonReader reader, string revision)
    {
        string? level = null;
        IReadOnlyList<string> fields = [];
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("level"u8))
            {
                level = Text(ref reader);
            }
            else if (reader.ValueTextEquals("fields"u8))
            {
                fields = Texts(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return level is "none" or "contact" or "full" ? new InvolvementVisibility(level, fields)
            : throw new PolicyUnavailableException($"the policy's answer is incomplete: expected a visibility level (revision {revision})");
    }

    /// <summary>Positions the reader on the object of <c>[{"result": {…}}]</c>, the result set of the Wasm ABI.</summary>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> resultSet)
    {
        var reader = new Utf8JsonReader(resultSet);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartArray
            && reader.Read() && reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("result"u8)
            && reader.Read())
        {
            return reader;
        }

        throw new PolicyUnavailableException("the policy gave no answer");
    }

    public static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type)
        {
            throw new PolicyUnavailableException($"the policy's answer holds a {reader.TokenType} where a {type} was expected");
        }
    }

    public static string Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        Expect(ref reader, JsonTokenType.String);
        return Words.Of(ref reader);
    }

    private static bool Flag(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetBoolean();
    }

    private static int Days(ref Utf8JsonReader reader)
    {
        reader.Read();
        Expect(ref reader, JsonTokenType.Number);
        return reader.TryGetInt32(out var days) && days >= 0 ? days
            : throw new PolicyUnavailableException("the policy's answer holds a retention that is no number of days");
    }

    private static List<string> Texts(ref Utf8JsonReader reader)
    {
        List<string>? texts = null;
        reader.Read();
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            (texts ??= new List<string>(8)).Add(Words.Of(ref reader));
        }

        Expect(ref reader, JsonTokenType.EndArray);
        return texts ?? [];
    }

    private static void ReadReasons(ref Utf8JsonReader reader, ref string textNl, ref string textEn)
    {
        reader.Read();
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("nl"u8))
                {
                    textNl = Text(ref reader);
                }
                else if (reader.ValueTextEquals("en"u8))
                {
                    textEn = Text(ref reader);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }

        Expect(ref reader, JsonTokenType.EndArray);
    }
}
