using System.Diagnostics.CodeAnalysis;

namespace Keten.Contracts.Identifiers;

/// <summary>Time-ordered identifiers (RFC 9562, version 7) in the canonical lower-case form, as FSC asks of transaction ids.</summary>
public static class UuidV7
{
    /// <summary>A new identifier at the given moment.</summary>
    public static string Create(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("D");

    /// <summary>True for the canonical 36-character form with version 7 and the RFC variant.</summary>
    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: 36 } && Guid.TryParseExact(text, "D", out var id) && id.Version == 7 && (id.Variant & 0xC) == 0x8;
}
