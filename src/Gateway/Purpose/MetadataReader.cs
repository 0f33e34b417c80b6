using Keten.Contracts;

namespace Keten.Gateway.Purpose;

/// <summary>Reads headers as hostile text: once each, not empty, not too long, printable ASCII. Keeps the first fault.</summary>
internal struct MetadataReader(IHeaderDictionary headers)
{
    public Refusal? Fault { get; private set; }

    public string Required(string name, int maxLength)
    {
        var value = Optional(name, maxLength);
        if (value is null)
        {
            Fault ??= Refusals.MetadataMissing;
        }

        return value ?? "";
    }

    /// <summary>One word: a comma means that somebody on the way joined two headers of this name.</summary>
    public string? Optional(string name, int maxLength)
    {
        var value = OptionalList(name, maxLength);
        if (value?.Contains(',', StringComparison.Ordinal) == true)
        {
            Fault ??= Refusals.MetadataRepeated;
            return null;
        }

        return value;
    }

    /// <summary>As <see cref="Optional"/>, where commas belong to the value.</summary>
    public string? OptionalList(string name, int maxLength)
    {
        if (!headers.TryGetValue(name, out var values) || values.Count == 0)
        {
            return null;
        }

        if (values.Count > 1)
        {
            Fault ??= Refusals.MetadataRepeated;
            return null;
        }

        var value = values[0];
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        if (value.Length > maxLength)
        {
            Fault ??= Refusals.MetadataTooLong;
            return null;
        }

        foreach (var c in value)
        {
            if (c is < ' ' or > '~')
            {
                Fault ??= Refusals.MetadataMalformed;
                return null;
            }
        }

        return value;
    }

    /// <summary>UTF-8 text, percent-encoded as in grpc-message.</summary>
    public string? OptionalText(string name, int maxLength)
    {
        var value = OptionalList(name, maxLength);
        if (value is null)
        {
            return null;
        }

        var text = Uri.UnescapeDataString(value);
        if (text.Any(char.IsControl))
        {
            Fault ??= Refusals.MetadataMalformed;
            return null;
        }

        return text;
    }
}
