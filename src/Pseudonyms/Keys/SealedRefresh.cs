using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keten.Oprf;

namespace Keten.Pseudonyms;

/// <summary>
/// The file by which one evaluator gives the other the number d of a refresh: one adds it to its share, the other takes it off, so that the key and all
/// pseudonyms stay and stolen old shares become worthless. Only the two can make or open it: AES-256-GCM under HKDF of two agreements on P-256, one with a
/// key made for this file, one between the evaluators' own transport keys. Who has d and an old share has the new one: destroy the file when done.
/// </summary>
public sealed record SealedRefresh(string Key, int FromEpoch, byte[] PublicKey, byte[] Ephemeral, byte[] Sealed)
{
    private const int TagBytes = 16;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    // Each file has its own key, so the nonce need not differ.
    private static readonly byte[] Nonce = new byte[12];

    /// <summary>The first party: draws d, prepares k + d in its own file and seals d for the other.</summary>
    public static SealedRefresh Begin(EvaluatorKeyFile own, string keyId, PublicStatement other)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(other);
        var share = own.Live(keyId);
        CheckEpochs(share, other.Share(keyId));
        using var difference = EvaluationKey.Generate();
        share.Prepare(share.Key!.Shift(difference, subtract: false));

        using var to = other.OpenTransport();
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var refresh = new SealedRefresh(keyId, share.Epoch, share.Pending!.PublicKey.ToArray(), ephemeral.ExportSubjectPublicKeyInfo(), []);
        Span<byte> secret = stackalloc byte[EvaluationKey.Length];
        difference.Export(secret);
        var content = new byte[EvaluationKey.Length + TagBytes];
        using (var cipher = refresh.Cipher(ephemeral, to, own.Transport, to, own.Transport.ExportSubjectPublicKeyInfo(), other.Transport))
        {
            cipher.Encrypt(Nonce, secret, content.AsSpan(0, EvaluationKey.Length), content.AsSpan(EvaluationKey.Length));
        }

        CryptographicOperations.ZeroMemory(secret);
        return refresh with { Sealed = content };
    }

    /// <summary>The second party: opens d and prepares k - d in its own file, when what follows is the same key as before.</summary>
    /// <param name="own">The second party's file.</param>
    /// <param name="other">The first party's statement from before the refresh.</param>
    /// <exception cref="KeyFileException">Not for this evaluator, not from that one, damaged, or it would change the key.</exception>
    public void Accept(EvaluatorKeyFile own, PublicStatement other)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(other);
        var share = own.Live(Key);
        var before = other.Share(Key);
        CheckEpochs(share, before);
        if (FromEpoch != share.Epoch)
        {
            throw new KeyFileException($"The refresh starts from epoch {FromEpoch}, this file is at epoch {share.Epoch}. Let the other evaluator begin anew.");
        }

        using var difference = Open(own, other);
        var next = share.Key!.Shift(difference, subtract: true);
        if (!GroupElement.TryParse(PublicKey, out var otherNext)
            || otherNext.Add(next.PublicKey) is not { } after || !after.Equals(before.Element.Add(share.Key.PublicKey)))
        {
            next.Dispose();
            throw new KeyFileException("The refresh would give another key, and with it other pseudonyms. Nothing was changed; let the other evaluator begin anew, from its present statement.");
        }

        share.Prepare(next);
    }

    /// <summary>Puts the prepared share into use, at both evaluators as close together as can be.</summary>
    /// <exception cref="KeyFileException">Nothing is prepared.</exception>
    public static void Activate(EvaluatorKeyFile own, string keyId) => Prepared(own, keyId).Activate();

    /// <summary>Drops the prepared share.</summary>
    /// <exception cref="KeyFileException">Nothing is prepared.</exception>
    public static void Cancel(EvaluatorKeyFile own, string keyId) => Prepared(own, keyId).Cancel();

    /// <summary>Reads the file.</summary>
    /// <exception cref="KeyFileException">Missing or broken.</exception>
    public static SealedRefresh Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<SealedRefresh>(File.ReadAllBytes(path), Json) is { Key: not null, PublicKey: not null, Ephemeral: not null, Sealed.Length: EvaluationKey.Length + TagBytes } refresh
                ? refresh : throw new JsonException();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new KeyFileException($"{path}: this is no refresh file. The first evaluator makes it with keten pseudonym refresh begin.", fault);
        }
    }

    /// <summary>The text of the file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private static KeyShare Prepared(EvaluatorKeyFile own, string keyId)
    {
        ArgumentNullException.ThrowIfNull(own);
        var share = own.Live(keyId);
        return share.Pending is not null ? share
            : throw new KeyFileException($"No refresh of {keyId} is prepared here: first keten pseudonym refresh begin at the one evaluator, accept at the other.");
    }

    private static void CheckEpochs(KeyShare own, PublicShare other)
    {
        if (own.Epoch != other.Epoch)
        {
            throw new KeyFileException($"The other evaluator's statement is of epoch {other.Epoch} of {own.Id}, this file of {own.Epoch}. Finish or cancel the refresh under way, and take its present statement.");
        }
    }

    private EvaluationKey Open(EvaluatorKeyFile own, PublicStatement other)
    {
        Span<byte> secret = stackalloc byte[EvaluationKey.Length];
        try
        {
            using var from = other.OpenTransport();
            using var ephemeral = ECDiffieHellman.Create();
            ephemeral.ImportSubjectPublicKeyInfo(Ephemeral, out _);
            using var cipher = Cipher(own.Transport, ephemeral, own.Transport, from, other.Transport, own.Transport.ExportSubjectPublicKeyInfo());
            cipher.Decrypt(Nonce, Sealed.AsSpan(0, EvaluationKey.Length), Sealed.AsSpan(EvaluationKey.Length), secret);
            return EvaluationKey.TryImport(secret, out var difference) ? difference : throw new CryptographicException();
        }
        catch (CryptographicException fault)
        {
            throw new KeyFileException($"The refresh cannot be opened: it is not from {other.Evaluator}, not for {own.Evaluator}, or damaged. Nothing was changed.", fault);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private AesGcm Cipher(
        ECDiffieHellman firstPrivate, ECDiffieHellman firstPublic, ECDiffieHellman secondPrivate, ECDiffieHellman secondPublic, byte[] sender, byte[] receiver)
    {
        using var first = firstPublic.PublicKey;
        using var second = secondPublic.PublicKey;
        byte[] agreed = [.. firstPrivate.DeriveRawSecretAgreement(first), .. secondPrivate.DeriveRawSecretAgreement(second)];
        // All that is not secret is bound into the key.
        byte[] about = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"keten refresh v1|{Key}|{FromEpoch}|{Convert.ToHexString(PublicKey)}|{Convert.ToHexString(Ephemeral)}|{Convert.ToHexString(sender)}|{Convert.ToHexString(receiver)}")));
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, 32, [], about);
        CryptographicOperations.ZeroMemory(agreed);
        var cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
