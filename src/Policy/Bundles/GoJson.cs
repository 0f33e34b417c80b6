using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Keten.Policy;

/// <summary>
/// Writes a JSON value the way OPA writes it before hashing a structured file of a bundle (v1/bundle/hash.go): keys in the order of their UTF-8
/// bytes, no white space, numbers as they stand, strings escaped as Go does without HTML escaping. So white space does not break a signature.
/// </summary>
internal static class GoJson
{
    /// <exception cref="JsonException">The bytes are no JSON, or an object has a key twice.</exception>
    public static byte[] Canonical(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        var output = new ArrayBufferWriter<byte>(json.Length);
        Write(document.RootElement, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var separator = "{"u8;
                foreach (var (key, member) in value.EnumerateObject().Select(p => (Key: Encoding.UTF8.GetBytes(p.Name), p.Value))
                    .OrderBy(p => p.Key, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))))
                {
                    output.Write(separator);
                    separator = ","u8;
                    WriteText(Encoding.UTF8.GetString(key), output);
                    output.Write(":"u8);
                    Write(member, output);
                }

                output.Write(separator.SequenceEqual("{"u8) ? "{}"u8 : "}"u8);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                var first = true;
                foreach (var item in value.EnumerateArray())
                {
                    output.Write(first ? ""u8 : ","u8);
                    first = false;
                    Write(item, output);
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteText(value.GetString()!, output);
                break;
            default:
                output.Write(Encoding.UTF8.GetBytes(value.GetRawText()));
                break;
        }
    }

    private static void WriteText(string text, ArrayBufferWriter<byte> output)
    {
        var escaped = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                '\b' => escaped.Append("\\b"),
                '\f' => escaped.Append("\\f"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                < ' ' or '\u2028' or '\u2029' => escaped.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)),
                _ => escaped.Append(c),
            };
        }

        output.Write(Encoding.UTF8.GetBytes(escaped.Append('"').ToString()));
    }
}
