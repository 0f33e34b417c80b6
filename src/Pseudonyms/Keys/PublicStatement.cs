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

    /// <summary>The federation's keys: for every id that all evaluators have, the sum of their public keys. Oldest first.</summary>
    /// <exception cref="KeyFileException">The statements do not belong together.</exception>
    public static IReadOnlyList<(string Id, byte[] PublicKey)> Combine(IReadOnlyList<PublicStatement> statements)
    {
        ArgumentNullException.ThrowIfNull(statements);
        if (statements.Select(s => s.Evaluator).Distinct(StringComparer.Ordinal).Count() < statements.Count)
        {
            throw new KeyFileException("Two statements are of the same evaluator: give one of each.");
        }

        return [.. statements[0].Keys.Where(k => statements.All(s => s.Keys.Any(other => other.Id == k.Id))).Select(k => (k.Id, Sum(k.Id)))];

        byte[] Sum(string id)
        {
            var shares = statements.Select(s => s.Share(id)).ToList();
            return shares.Any(s => s.Epoch != shares[0].Epoch)
                ? throw new KeyFileException($"The statements are of different epochs of {id} ({string.Join(", ", shares.Select(s => s.Epoch))}): take both evaluators' present ones.")
                : shares.Skip(1).Aggregate((GroupElement?)shares[0].Element, (sum, next) => sum?.Add(next.Element))?.ToArray()
                    ?? throw new KeyFileException($"The shares of {id} cancel each other: make a new key.");
        }
    }

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
