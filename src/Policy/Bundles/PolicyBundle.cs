using System.Security.Cryptography;
using System.Text.Json;

namespace Keten.Policy;

/// <summary>
/// A compiled OPA bundle as <c>opa build -t wasm</c> writes it: <c>.manifest</c>, <c>data.json</c> and <c>policy.wasm</c> in a gzipped tar.
/// Only read and checked here; <see cref="WasmPolicyEngine"/> compiles and runs it.
/// </summary>
public sealed class PolicyBundle
{
    /// <summary>Entry points the gateway and the adapters call; a bundle without one of them is refused.</summary>
    public const string DecisionEntryPoint = "keten/access/decision";

    /// <inheritdoc cref="DecisionEntryPoint"/>
    public const string VisibilityEntryPoint = "keten/matching/level";

    /// <summary>The one root a bundle of ours has: it may define nothing outside it.</summary>
    public const string Root = "keten";

    private PolicyBundle(string revision, string digest, string? signedBy, byte[] data, byte[] wasm)
    {
        Revision = revision;
        Digest = digest;
        SignedBy = signedBy;
        Data = data;
        Wasm = wasm;
    }

    /// <summary>The manifest's revision.</summary>
    public string Revision { get; }

    /// <summary>SHA-256 of the archive, lower-case hexadecimal.</summary>
    public string Digest { get; }

    /// <summary>The key that verified the signature; null when none was asked.</summary>
    public string? SignedBy { get; }

    internal byte[] Data { get; }

    internal byte[] Wasm { get; }

    /// <summary>
    /// False: no rule names this word and no data holds it. A module keeps every word of its rules in tables of texts that end in a zero.
    /// </summary>
    internal bool MayName(ReadOnlySpan<byte> word)
    {
        Span<byte> text = [.. word, 0];
        for (var (at, found) = (0, 0); (found = Wasm.AsSpan(at).IndexOf(text)) >= 0; at += found + 1)
        {
            // Two printable characters before it: the end of a longer text. One could be a byte of the table's own size.
            var start = at + found;
            if (start < 2 || !IsPrintable(Wasm[start - 1]) || !IsPrintable(Wasm[start - 2]))
            {
                return true;
            }
        }

        return Data.AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)'"', .. word, (byte)'"']) >= 0;

        static bool IsPrintable(byte value) => value is >= 0x20 and < 0x7F;
    }

    /// <summary>The bundle this version was released with.</summary>
    public static PolicyBundle Embedded() => Read(EmbeddedArchive(), "the embedded bundle", BundleTrust.Unsigned);

    /// <summary>Reads a bundle file without asking for a signature.</summary>
    /// <exception cref="PolicyBundleException">The file is missing, no bundle, too large, or lacks a part; the message says which.</exception>
    public static PolicyBundle Load(string path) => Load(path, BundleTrust.Unsigned);

    /// <summary>Reads a bundle file and verifies it.</summary>
    /// <exception cref="PolicyBundleException">As for <see cref="Read"/>, or the file cannot be read.</exception>
    public static PolicyBundle Load(string path, BundleTrust trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        try
        {
            return new FileInfo(path) is { Exists: true } file && file.Length > trust.MaxBytes
                ? throw new PolicyBundleException($"{path}: larger than {trust.MaxBytes} bytes; raise Policy:MaxBundleBytes if that is meant")
                : Read(File.ReadAllBytes(path), path, trust);
        }
        catch (IOException problem)
        {
            throw new PolicyBundleException($"{path}: cannot be read ({problem.Message}); expected a bundle built by eng/build-bundle.sh", problem);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new PolicyBundleException($"{path}: this process may not read it", problem);
        }
    }

    /// <summary>Takes a bundle apart and verifies it. <paramref name="name"/> is for the messages.</summary>
    /// <exception cref="PolicyBundleException">
    /// No bundle, too large, a wrong or missing signature, a part is missing, or it defines something outside <see cref="Root"/>.
    /// </exception>
    public static PolicyBundle Read(ReadOnlyMemory<byte> archive, string name, BundleTrust trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        var files = Unpack(archive, name, trust);
        var signedBy = trust.Keys.Count == 0 ? null : BundleSignature.Verify(files, name, trust.Keys).Name;
        var (manifest, data, wasm) = (Part(".manifest"), Part("data.json"), Part("policy.wasm"));
        var revision = RevisionOf(manifest, name);
        RefuseForeignData(data, name);
        return new PolicyBundle(revision, Convert.ToHexStringLower(SHA256.HashData(archive.Span)), signedBy, data, wasm);

        byte[] Part(string part) => files.TryGetValue(part, out var bytes) ? bytes
            : throw new PolicyBundleException($"{name}: has no {part}; build it with eng/build-bundle.sh");
    }

    /// <summary>Adds a signature to a bundle, in place of one it had. Wasm bundles and plain OPA bundles alike.</summary>
    /// <param name="archive">The bundle.</param>
    /// <param name="name">For messages.</param>
    /// <param name="key">ECDSA private key on P-256.</param>
    /// <param name="keyId">Name of the key in the signature; an OPA server looks its public key up by it.</param>
    /// <exception cref="PolicyBundleException">No bundle, or another kind of key.</exception>
    public static byte[] Sign(ReadOnlyMemory<byte> archive, string name, ECDsa key, string keyId)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.KeySize != 256)
        {
            throw new PolicyBundleException($"expected an ECDSA key on P-256 (ES256), found {key.KeySize} bits");
        }

        using var packed = new MemoryStream(archive.ToArray(), writable: false);
        var files = new Dictionary<string, byte[]>(BundleArchive.Unpack(packed, name, BundleTrust.DefaultMaxBytes), StringComparer.Ordinal);
        try
        {
            files[BundleSignature.FileName] = BundleSignature.Sign(files, key, keyId);
        }
        catch (JsonException problem)
        {
            throw new PolicyBundleException($"{name}: data.json or .manifest is no JSON", problem);
        }

        return BundleArchive.Pack(files);
    }

    /// <summary>Verifies the signature of a bundle, wasm or plain, and nothing else of it.</summary>
    /// <returns>The revision and the key that verified.</returns>
    /// <exception cref="PolicyBundleException">Wrong or missing signature; the message says what is wrong.</exception>
    public static (string Revision, string SignedBy) Verify(ReadOnlyMemory<byte> archive, string name, BundleTrust trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        var files = Unpack(archive, name, trust);
        var key = BundleSignature.Verify(files, name, trust.Keys);
        return (RevisionOf(files.TryGetValue(".manifest", out var manifest) ? manifest : throw new PolicyBundleException($"{name}: has no .manifest"), name), key.Name);
    }

    private static IReadOnlyDictionary<string, byte[]> Unpack(ReadOnlyMemory<byte> archive, string name, BundleTrust trust)
    {
        if (archive.Length > trust.MaxBytes)
        {
            throw new PolicyBundleException($"{name}: larger than {trust.MaxBytes} bytes; raise Policy:MaxBundleBytes if that is meant");
        }

        using var packed = new MemoryStream(archive.ToArray(), writable: false);
        return BundleArchive.Unpack(packed, name, trust.MaxBytes);
    }

    internal static byte[] EmbeddedArchive()
    {
        using var stream = typeof(PolicyBundle).Assembly.GetManifestResourceStream("bundle.tar.gz")!;
        using var archive = new MemoryStream();
        stream.CopyTo(archive);
        return archive.ToArray();
    }

    private static string RevisionOf(byte[] manifest, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(manifest);
            var revision = document.RootElement.TryGetProperty("revision", out var text) && text.GetString() is { Length: > 0 } given ? given
                : throw new PolicyBundleException($"{name}: .manifest has no revision");
            return document.RootElement.TryGetProperty("roots", out var roots) && roots.EnumerateArray().Select(r => r.GetString()).SequenceEqual([Root])
                ? revision : throw new PolicyBundleException($"{name}: .manifest has other roots; expected [\"{Root}\"]");
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new PolicyBundleException($"{name}: .manifest is not the JSON object OPA writes", problem);
        }
    }

    private static void RefuseForeignData(byte[] data, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            if (document.RootElement.EnumerateObject().FirstOrDefault(p => p.Name != Root) is { Value.ValueKind: not JsonValueKind.Undefined } foreign)
            {
                throw new PolicyBundleException($"{name}: data.json holds '{foreign.Name}', outside the root {Root}");
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new PolicyBundleException($"{name}: data.json is no JSON object", problem);
        }
    }
}
