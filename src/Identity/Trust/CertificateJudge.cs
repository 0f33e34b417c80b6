using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keten.Contracts.Identifiers;
using Org.BouncyCastle.Asn1.X509;

namespace Keten.Identity;

/// <summary>
/// The rules for one certificate, in the order a log reader wants the answer: ours, in time, for this use, not revoked, an organisation.
/// Whatever the certificate holds, the answer is a verdict: it comes from a stranger.
/// </summary>
internal static class CertificateJudge
{
    public static CertificateVerdict Judge(
        TrustMaterial material, X509Certificate2 leaf, IEnumerable<X509Certificate2> intermediates, CertificateUse use, DateTimeOffset now)
    {
        var thumbprint = Thumbprint(leaf);
        if (material.Accepted.TryGetValue((thumbprint, use), out var before) && now < before.ValidUntil)
        {
            return before;
        }

        CertificateVerdict verdict;
        try
        {
            verdict = JudgeAnew(material, leaf, intermediates, use, now, thumbprint, currentLists: true);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException or FormatException or InvalidCastException or IOException or InvalidOperationException)
        {
            verdict = CertificateVerdict.Refuse(CertificateFaults.Malformed, thumbprint);
        }

        if (verdict.Accepted)
        {
            // Only what was accepted is kept: strangers' certificates would fill the memory.
            material.Accepted[(thumbprint, use)] = verdict;
        }

        return verdict;
    }

    /// <summary>The own certificate at a time when the lists have ended: what is on them still counts, that they ended does not.</summary>
    public static CertificateVerdict JudgeOwn(TrustMaterial material, X509Certificate2 own, IEnumerable<X509Certificate2> intermediates, DateTimeOffset now) =>
        JudgeAnew(material, own, intermediates, CertificateUse.Any, now, Thumbprint(own), currentLists: false);

    private static string Thumbprint(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));

    private static CertificateVerdict JudgeAnew(TrustMaterial material, X509Certificate2 leaf, IEnumerable<X509Certificate2> intermediates,
        CertificateUse use, DateTimeOffset now, string thumbprint, bool currentLists)
    {
        using var chain = new X509Chain { ChainPolicy = material.Policy(now, use) };
        chain.ChainPolicy.ExtraStore.AddRange(intermediates.ToArray());
        try
        {
            var built = chain.Build(leaf);
            var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, s) => flags | s.Status);
            var certificates = chain.ChainElements.Select(element => element.Certificate).ToList();
            var reason = Trust(built, status, certificates, now) ?? Use(leaf, use);
            var until = certificates.Min(certificate => Utc(certificate.NotAfter));
            for (var i = 0; reason is null && i < certificates.Count - 1; i++)
            {
                reason = material.Revocation(certificates[i], certificates[i + 1], now, out var listUntil);
                reason = reason == CertificateFaults.RevocationExpired && !currentLists ? null : reason;
                until = listUntil < until ? listUntil : until;
            }

            if (reason is not null)
            {
                return CertificateVerdict.Refuse(reason, thumbprint);
            }

            // Parsed attribute by attribute, multi-valued names included: never by searching the printed name.
            var subject = X509Name.GetInstance(leaf.SubjectName.RawData);
            return subject.GetValueList(X509Name.SerialNumber) is [var serial] && Oin.TryParse(serial, out var oin)
                ? CertificateVerdict.Accept(oin, subject.GetValueList(X509Name.O).FirstOrDefault() ?? "", thumbprint,
                    Convert.ToHexStringLower(SHA256.HashData(leaf.PublicKey.ExportSubjectPublicKeyInfo())), until)
                : CertificateVerdict.Refuse(CertificateFaults.WithoutOin, thumbprint);
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private static string? Trust(bool built, X509ChainStatusFlags status, List<X509Certificate2> certificates, DateTimeOffset now)
    {
        const X509ChainStatusFlags NotOurs = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;
        return (status & NotOurs) != 0 ? CertificateFaults.Untrusted
            : certificates.Any(certificate => Utc(certificate.NotAfter) <= now) ? CertificateFaults.Expired
            : certificates.Any(certificate => Utc(certificate.NotBefore) > now) ? CertificateFaults.NotYetValid
            : status.HasFlag(X509ChainStatusFlags.NotValidForUsage) ? CertificateFaults.WrongUse
            : built ? null
            : CertificateFaults.Untrusted;
    }

    /// <summary>A certificate without the extension would pass the platform's check for any use; here the use must be named.</summary>
    private static string? Use(X509Certificate2 leaf, CertificateUse use)
    {
        var uses = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>())
            .Select(oid => oid.Value).ToList();
        var named = use switch
        {
            CertificateUse.Client => uses.Contains(KeyUses.ClientAuth),
            CertificateUse.Server => uses.Contains(KeyUses.ServerAuth),
            _ => uses.Contains(KeyUses.ClientAuth) || uses.Contains(KeyUses.ServerAuth),
        };
        return named ? null : CertificateFaults.WrongUse;
    }

    private static DateTimeOffset Utc(DateTime local) => new(local.ToUniversalTime());
}
