using System.Text;

namespace Keten.Gateway.Involvement.View;

/// <summary>
/// An involvement id in sixteen bytes: a UUID as it is, or up to sixteen ASCII characters in its place. A longer one does not fit and stays a
/// string.
/// </summary>
internal readonly record struct PackedId(Guid Value, bool IsText, string? Long)
{
    private const int Size = 16;

    public static PackedId Of(string id)
    {
        Span<char> canonical = stackalloc char[36];
        if (id.Length == canonical.Length && Guid.TryParseExact(id, "D", out var uuid) && uuid.TryFormat(canonical, out _) && canonical.SequenceEqual(id))
        {
            return new PackedId(uuid, IsText: false, null);
        }

        Span<byte> bytes = stackalloc byte[Size];
        bytes.Clear();
        return Ascii.IsValid(id) && Encoding.ASCII.TryGetBytes(id, bytes, out _)
            ? new PackedId(new Guid(bytes), IsText: true, null)
            : new PackedId(default, IsText: true, id);
    }

    public override string ToString() => Long ?? (IsText ? Text() : Value.ToString("D"));

    private string Text()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Value.TryWriteBytes(bytes);
        return Encoding.ASCII.GetString(bytes.TrimEnd((byte)0));
    }
}
