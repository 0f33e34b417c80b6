using System.Text.Json;

namespace Keten.Oprf.Tests;

/// <summary>The vectors of RFC 9380 and RFC 9497, as their authors publish them (Vectors/ORIGIN.md).</summary>
internal static class Vector
{
    public static JsonElement Load(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", name)));
        return document.RootElement.Clone();
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static byte[] Hex(this JsonElement element, string name) => Convert.FromHexString(Bare(element.Text(name)));

    /// <summary>Values of a batch stand in one text, comma separated.</summary>
    public static byte[][] HexList(this JsonElement element, string name) => [.. element.Text(name).Split(',').Select(Convert.FromHexString)];

    public static Scalar Scalar(byte[] bytes) => Oprf.Scalar.TryParse(bytes, out var scalar) ? scalar : throw new ArgumentException("no scalar", nameof(bytes));

    public static GroupElement Element(byte[] bytes) => GroupElement.TryParse(bytes, out var element) ? element : throw new ArgumentException("no element", nameof(bytes));

    private static string Bare(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
}
