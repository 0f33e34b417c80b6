using Google.Protobuf.Reflection;

namespace Keten.Adapters.Sdk.Mapping;

internal enum FieldKind
{
    Text,

    /// <summary>ISO 8601 date.</summary>
    Date,

    /// <summary>RFC 3339, in UTC.</summary>
    Instant,

    /// <summary>Whole number.</summary>
    Number,
    Flag,

    /// <summary>Several texts.</summary>
    List,
}

/// <summary>A field a mapping may fill.</summary>
/// <param name="Name">Its name in the catalogue (domain.md, section 2).</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Values">The values it may hold, when those are a closed set.</param>
/// <param name="Descriptor">The proto field; null for a fact.</param>
internal sealed record CatalogueField(string Name, FieldKind Kind, IReadOnlyList<string>? Values = null, FieldDescriptor? Descriptor = null)
{
    /// <summary>True for a word that can be a state of the purpose register.</summary>
    public static bool IsStateName(string word) => word.Length is > 0 and <= 64 && word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
}
