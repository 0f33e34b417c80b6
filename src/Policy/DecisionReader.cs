using System.Text.Json;

namespace Keten.Policy;

/// <summary>Reads the policy's result set. Anything but exactly one complete answer is no answer.</summary>
internal static class DecisionReader
{
    private const string GeneralCode = "ACCESS_NOT_PERMITTED";

    // As data/reasons.yaml has them; the policy's answer holds the texts of the exact code only.
    private const string GeneralTextNl = "De vraag is niet toegestaan. Bel bij twijfel de organisatie; bij direct gevaar 112.";
    private const string GeneralTextEn = "The question is not permitted. When in doubt call the organisation; in immediate danger 112.";

    public static PolicyDecision Read(ReadOnlySpan<byte> resultSet)
    {
        var reader = Open(resultSet);
        bool? allow = null;
        string? reasonCode = null, callerCode = null, rule = null;
        string textNl = "", textEn = "";
        IReadOnlyList<string> fields = [], obligations = [], legalBasis = [];
        var retention = 0;
        var breakGlass = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("allow"u8))
            {
                reader.Read();
                allow = reader.GetBoolean();
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
                reader.Read();
                retention = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("break_glass"u8))
            {
                reader.Read();
                breakGlass = reader.GetBoolean();
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
        };
    }

    public static InvolvementVisibility ReadVisibility(ReadOnlySpan<byte> resultSet)
    {
        var reader = Open(resultSet);
        string? level = null;
        IReadOnlyList<string> fields = [];
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
            : throw new PolicyUnavailableException("the policy's answer is incomplete: expected a visibility level");
    }

    /// <summary>Positions the reader inside the object of <c>[{"result": {…}}]</c>.</summary>
    private static Utf8JsonReader Open(ReadOnlySpan<byte> resultSet)
    {
        var reader = new Utf8JsonReader(resultSet);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartArray
            && reader.Read() && reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("result"u8)
            && reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            return reader;
        }

        throw new PolicyUnavailableException("the policy gave no answer");
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString() ?? throw new PolicyUnavailableException("the policy's answer holds a null");
    }

    private static List<string> Texts(ref Utf8JsonReader reader)
    {
        var texts = new List<string>(16);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            texts.Add(reader.GetString()!);
        }

        return texts;
    }

    private static void ReadReasons(ref Utf8JsonReader reader, ref string textNl, ref string textEn)
    {
        reader.Read();
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
    }
}
