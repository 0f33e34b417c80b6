using System.Globalization;

namespace Keten.DecisionLog.Checkpoints;

/// <summary>How public and private keys of notes are written: name, id, and base64 of type byte and key.</summary>
internal static class NoteKeyText
{
    private const int KeyBytes = 32;

    /// <param name="name">First part.</param>
    /// <param name="id">Second part.</param>
    /// <param name="encoded">Third part.</param>
    /// <param name="type">Of the key.</param>
    /// <param name="key">32 bytes.</param>
    /// <param name="publicKey">The public key of the key that is read: the id is made from that.</param>
    public static bool TryRead(string name, string id, string encoded, out NoteKeyType type, out byte[] key, Func<byte[], byte[]> publicKey)
    {
        (type, key) = (NoteKeyType.None, []);
        Span<byte> bytes = stackalloc byte[64];
        if (!NoteSignature.IsName(name) || encoded.Length > 60 || !Convert.TryFromBase64String(encoded, bytes, out var length)
            || length != 1 + KeyBytes || Convert.ToBase64String(bytes[..length]) != encoded)
        {
            return false;
        }

        type = (NoteKeyType)bytes[0];
        key = bytes[1..length].ToArray();
        return type is NoteKeyType.Log or NoteKeyType.Witness
            && IdText(new NoteVerifierKey(name, type, publicKey(key)).KeyId) == id;
    }

    public static string Write(string name, uint id, NoteKeyType type, ReadOnlySpan<byte> key) =>
        $"{name}+{IdText(id)}+{Convert.ToBase64String([(byte)type, .. key])}";

    private static string IdText(uint id) => id.ToString("x8", CultureInfo.InvariantCulture);
}
