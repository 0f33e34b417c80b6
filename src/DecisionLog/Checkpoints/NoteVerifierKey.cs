using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Keten.DecisionLog.Checkpoints;

/// <summary>A public key by which notes are checked, written <c>name+keyid+base64</c>.</summary>
public sealed record NoteVerifierKey
{
    /// <summary>The public key's file is that of the private key with this behind it.</summary>
    public const string FileSuffix = ".pub";

    private const int TimeBytes = 8;
    private readonly byte[] _key;

    internal NoteVerifierKey(string name, NoteKeyType type, byte[] key)
    {
        (Name, Type, _key) = (name, type, key);
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. SignedNote.Utf8.GetBytes(name), (byte)'\n', (byte)type, .. key]));
    }

    /// <summary>Name of the key; of a log's key also the origin of its checkpoints.</summary>
    public string Name { get; }

    /// <summary>Tells keys of one name apart.</summary>
    public uint KeyId { get; }

    /// <summary>What it signs with.</summary>
    public NoteKeyType Type { get; }

    /// <summary>Reads <c>name+keyid+base64</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static NoteVerifierKey Parse(string text) => TryParse(text, out var key) ? key
        : throw new FormatException("This is no verifier key; expected name+8 hexadecimal digits+base64, as keten log key prints it.");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out NoteVerifierKey? key)
    {
        key = null;
        if (text?.Split('+', 3) is not [var name, var id, var encoded] || !NoteKeyText.TryRead(name, id, encoded, out var type, out var bytes, k => k)
            || !Ed25519.ValidatePublicKeyFull(bytes, 0))
        {
            return false;
        }

        key = new NoteVerifierKey(name, type, bytes);
        return true;
    }

    /// <summary>True when the signature is this key's and right.</summary>
    public bool Verifies(string text, NoteSignature signature)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(signature);
        var bytes = signature.Bytes.Span;
        if (Type == NoteKeyType.Witness)
        {
            if (TimeOf(signature) is not { } time)
            {
                return false;
            }

            text = CosignedText(text, time.ToUnixTimeSeconds());
            bytes = bytes[TimeBytes..];
        }

        var message = SignedNote.Utf8.GetBytes(text);
        return signature.Name == Name && signature.KeyId == KeyId && bytes.Length == Ed25519.SignatureSize
            && Ed25519.Verify(bytes.ToArray(), 0, _key, 0, message, 0, message.Length);
    }

    /// <summary>When a witness signed; null when the signature holds no time.</summary>
    public static DateTimeOffset? TimeOf(NoteSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return signature.Bytes.Length == TimeBytes + Ed25519.SignatureSize
            && BinaryPrimitives.ReadInt64BigEndian(signature.Bytes.Span) is >= 0 and var seconds && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => NoteKeyText.Write(Name, KeyId, Type, _key);

    /// <inheritdoc/>
    public bool Equals(NoteVerifierKey? other) => other is not null && Name == other.Name && Type == other.Type && _key.AsSpan().SequenceEqual(other._key);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, KeyId);

    /// <summary>What a witness signs: the time goes before the text.</summary>
    internal static string CosignedText(string text, long seconds) =>
        new StringBuilder("cosignature/v1\ntime ").Append(seconds.ToString(CultureInfo.InvariantCulture)).Append('\n').Append(text).ToString();
}
