using System.Security.Cryptography;
using System.Text.Json;
using Keten.Oprf;

namespace Keten.Pseudonyms;

/// <summary>
/// What an evaluator tells the federation and the other evaluator of its keys; no secret. Hand it over so that the receiver knows whose it is: in person,
/// or signed. A proof with each key shows that its holder has the share (and did not make it up from the other's).
/// </summary>
public sealed record PublicStatement(string Evaluator, byte[] Transport, IReadOnlyList<PublicShare> Keys)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The statement of a key file, live keys only.</summary>
    public static PublicStatement Of(EvaluatorKeyFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new PublicStatement(file.Evaluator, file.Transport.ExportSubjectPublicKeyInfo(), [.. file.Keys.Where(k => k.Key is not null).Select(PublicShare.Of)]);
    }

    /// <summary>Reads a statement and checks its proofs.</summary>
    /// <exception cref="KeyFileException">Missing, broken, or a proof does not hold.</exception>
    public static PublicStatement Load(string path)
    {
        PublicStatement? statement;
        try
        {
            statement = JsonSerializer.Deserialize<PublicStatement>(File.ReadAllBytes(path), Json);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new KeyFileException($"{path}: the public statement of an evaluator cannot be read. keten pseudonym keygen and rotate write it beside the key file.", fault);
        }

        return statement is { Evaluator.Length: > 0, Transport: not null, Keys: not null } && statement.Keys.All(k => k is not null && k.IsProven()) ? statement
            : throw new KeyFileException($"{path}: a key of this statement is not proven: the file is damaged, or whoever made it does not hold the share. Ask the evaluator for it again.");
    }

    /// <summary>The text of the file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The public key of a live share.</summary>
    /// <exception cref="KeyFileException">The statement does not have it.</exception>
    public PublicShare Share(string keyId) => Keys.FirstOrDefault(k => k.Id == keyId)
        ?? throw new KeyFileException($"The statement of {Evaluator} has no key {keyId}; it has: {string.Join(", ", Keys.Select(k => k.Id))}.");

    internal ECDiffieHellman OpenTransport()
    {
        var key = ECDiffieHellman.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(Transport, out _);
            return key;
        }
        catch (CryptographicException fault)
        {
            key.Dispose();
            throw new KeyFileException($"The transport key in the statement of {Evaluator} cannot be read. Ask the evaluator for it again.", fault);
        }
    }
}
