using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Keten.DecisionLog.Checkpoints;

/// <summary>A private key that signs notes, in a file of one line <c>PRIVATE+KEY+name+keyid+base64</c> that only its owner may read.</summary>
public sealed class NoteSigningKey
{
    private const string Prefix = "PRIVATE+KEY+";
    private const int MostBytes = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly byte[] _seed;

    private NoteSigningKey(string name, NoteKeyType type, byte[] seed)
    {
        _seed = seed;
        Verifier = new NoteVerifierKey(name, type, PublicKeyOf(seed));
    }

    /// <summary>The public key that goes with it.</summary>
    public NoteVerifierKey Verifier { get; }

    /// <summary>A new key.</summary>
    /// <exception cref="ArgumentException">The name is empty, or holds white space or a plus.</exception>
    public static NoteSigningKey Generate(string name, NoteKeyType type = NoteKeyType.Log) => NoteSignature.IsName(name)
        ? new(name, type, RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize))
        : throw new ArgumentException("A key name is not empty and holds no white space and no plus, for instance gateway.keten.example/decisions.", nameof(name));

    /// <summary>A new key in a new file, mode 0600.</summary>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    public static NoteSigningKey Create(string path, string name, NoteKeyType type = NoteKeyType.Log)
    {
        var key = Generate(name, type);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(key.PrivateText() + "\n"));
        file.Flush(flushToDisk: true);
        return key;
    }

    /// <summary>The key of a file, made when there is none: for a demo, a test, a bench. A gateway never makes its own.</summary>
    public static NoteSigningKey LoadOrCreate(string path, string name) => File.Exists(path) ? Load(path) : Create(path, name);

    /// <summary>Reads a key file.</summary>
    /// <exception cref="NoteKeyException">Missing, broken, or readable by others.</exception>
    public static NoteSigningKey Load(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~OwnerOnly) != 0)
            {
                throw new NoteKeyException($"{path} may be read by others than its owner: chmod 600 {path}. If somebody may have, make a new key, a new log and tell the witnesses.");
            }

            if (file.Length > MostBytes)
            {
                throw NoKey(path);
            }

            using var reader = new StreamReader(file, SignedNote.Utf8);
            return TryParse(reader.ReadToEnd().TrimEnd('\n'), out var key) ? key : throw NoKey(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new NoteKeyException($"{path} cannot be read ({problem.GetType().Name}). Make one with: keten log key new --name NAME --out {path}", problem);
        }
    }

    /// <summary>Reads <c>PRIVATE+KEY+name+keyid+base64</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NoteSigningKey? key)
    {
        ArgumentNullException.ThrowIfNull(text);
        key = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length..].Split('+', 3) is not [var name, var id, var encoded]
            || !NoteKeyText.TryRead(name, id, encoded, out var type, out var seed, PublicKeyOf))
        {
            return false;
        }

        key = new NoteSigningKey(name, type, seed);
        return true;
    }

    /// <summary>Signs a text that ends with a line feed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="now">Goes into the signature of a witness; a log's has no time.</param>
    public NoteSignature Sign(string text, DateTimeOffset now = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Verifier.Type == NoteKeyType.Log)
        {
            return new NoteSignature(Verifier.Name, Verifier.KeyId, SignBytes(text));
        }

        var seconds = now.ToUnixTimeSeconds();
        var bytes = new byte[sizeof(long) + Ed25519.SignatureSize];
        BinaryPrimitives.WriteInt64BigEndian(bytes, seconds);
        SignBytes(NoteVerifierKey.CosignedText(text, seconds)).CopyTo(bytes, sizeof(long));
        return new NoteSignature(Verifier.Name, Verifier.KeyId, bytes);
    }

    internal string PrivateText() => Prefix + NoteKeyText.Write(Verifier.Name, Verifier.KeyId, Verifier.Type, _seed);

    private byte[] SignBytes(string text)
    {
        var message = SignedNote.Utf8.GetBytes(text);
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(_seed, 0, message, 0, message.Length, signature, 0);
        return signature;
    }

    private static byte[] PublicKeyOf(byte[] seed)
    {
        var key = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(seed, 0, key, 0);
        return key;
    }

    private static NoteKeyException NoKey(string path) =>
        new($"{path} holds no signing key; expected one line PRIVATE+KEY+name+id+base64. Make one with: keten log key new --name NAME --out FILE");
}
