using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Keten.Policy;

/// <summary>
/// OPA's bundle signature: <c>.signatures.json</c> with one JWS (ES256) over name and SHA-256 hash of every file
/// (https://www.openpolicyagent.org/docs/management-bundles/#signing). Every file must be listed and every listed file be there: a file more or
/// less is another policy.
/// </summary>
internal static class BundleSignature
{
    public const string FileName = ".signatures.json";

    private const string Algorithm = "ES256";
    private const string Hash = "SHA-256";

    /// <summary>The key that verified.</summary>
    /// <exception cref="PolicyBundleException">Missing, of another form, by another key, or not over exactly these files.</exception>
    public static BundleKey Verify(IReadOnlyDictionary<string, byte[]> files, string name, IReadOnlyList<BundleKey> keys)
    {
        if (!files.TryGetValue(FileName, out var signatures))
        {
            throw new PolicyBundleException($"{name}: not signed; expected {FileName}, which `keten policy sign` adds");
        }

        try
        {
            var parts = Token(signatures, name).Split('.');
            if (parts.Length != 3)
            {
                throw new PolicyBundleException($"{name}: {FileName} does not hold a compact JWS");
            }

            var key = VerifyToken(parts, name, keys);
            CompareFiles(files, Decode(parts[1]), name);
            return key;
        }
        catch (Exception problem) when (problem is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new PolicyBundleException($"{name}: {FileName} cannot be read; expected what `opa sign` or `keten policy sign` writes", problem);
        }
    }

    /// <summary>The content of <c>.signatures.json</c> for these files, as OPA writes it.</summary>
    public static byte[] Sign(IReadOnlyDictionary<string, byte[]> files, ECDsa key, string keyId)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new { alg = Algorithm, kid = keyId });
        var payload = JsonSerializer.SerializeToUtf8Bytes(new
        {
            files = files.Where(f => f.Key != FileName).OrderBy(f => f.Key, StringComparer.Ordinal)
                .Select(f => new { name = f.Key, hash = Convert.ToHexStringLower(HashOf(f.Key, f.Value)), algorithm = Hash }),
            keyid = keyId,
        });
        var signed = Base64Url.EncodeToString(header) + "." + Base64Url.EncodeToString(payload);
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return JsonSerializer.SerializeToUtf8Bytes(new { signatures = new[] { signed + "." + Base64Url.EncodeToString(signature) } });
    }

    private static string Token(byte[] signatures, string name)
    {
        using var document = JsonDocument.Parse(signatures);
        var tokens = document.RootElement.GetProperty("signatures");
        return tokens.GetArrayLength() == 1 ? tokens[0].GetString()!
            : throw new PolicyBundleException($"{name}: {FileName} holds {tokens.GetArrayLength()} signatures; expected one");
    }

    private static BundleKey VerifyToken(string[] parts, string name, IReadOnlyList<BundleKey> keys)
    {
        using var header = JsonDocument.Parse(Decode(parts[0]));
        if (header.RootElement.GetProperty("alg").GetString() is var algorithm && algorithm != Algorithm)
        {
            throw new PolicyBundleException($"{name}: signed with {algorithm}; expected {Algorithm}");
        }

        var signed = Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]);
        var signature = Decode(parts[2]);
        return keys.FirstOrDefault(k => k.Verifies(signed, signature))
            ?? throw new PolicyBundleException($"{name}: the signature is not by {string.Join(" or ", keys.Select(k => k.Name))}");
    }

    private static void CompareFiles(IReadOnlyDictionary<string, byte[]> files, byte[] payload, string name)
    {
        using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { AllowDuplicateProperties = false });
        if (document.RootElement.TryGetProperty("scope", out var scope) && scope.GetString() is { Length: > 0 })
        {
            throw new PolicyBundleException($"{name}: signed for another scope; expected none");
        }

        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in document.RootElement.GetProperty("files").EnumerateArray())
        {
            var file = entry.GetProperty("name").GetString()!;
            if (!listed.Add(file))
            {
                throw new PolicyBundleException($"{name}: the signature lists {file} twice");
            }

            if (entry.GetProperty("algorithm").GetString() is var algorithm && algorithm != Hash)
            {
                throw new PolicyBundleException($"{name}: the signature has {file} by {algorithm}; expected {Hash}");
            }

            if (!files.TryGetValue(file, out var content))
            {
                throw new PolicyBundleException($"{name}: the signature lists {file}, which is not in the bundle");
            }

            if (!CryptographicOperations.FixedTimeEquals(Convert.FromHexString(entry.GetProperty("hash").GetString()!), HashOf(file, content)))
            {
                throw new PolicyBundleException($"{name}: {file} was changed after it was signed");
            }
        }

        if (files.Keys.FirstOrDefault(f => f != FileName && !listed.Contains(f)) is { } extra)
        {
            throw new PolicyBundleException($"{name}: {extra} is not covered by the signature");
        }
    }

    /// <summary>OPA hashes data and manifest as values, all other files as bytes.</summary>
    private static byte[] HashOf(string file, byte[] content) => Path.GetFileName(file) switch
    {
        "data.json" or ".manifest" => SHA256.HashData(GoJson.Canonical(content)),
        "data.yaml" => throw new PolicyBundleException($"{file}: a signed bundle keeps its data in data.json, as `opa build` writes it"),
        _ => SHA256.HashData(content),
    };

    private static byte[] Decode(string part) => Base64Url.DecodeFromChars(part);
}
