using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keten.Identity;

/// <summary>Roots and revocation lists as they were at one reading; never changes, so a handshake sees the two together.</summary>
internal sealed class TrustMaterial
{
    private readonly X509Certificate2[] _roots;
    private readonly ILookup<string, RevocationList> _lists;

    private TrustMaterial(X509Certificate2[] roots, ILookup<string, RevocationList> lists)
    {
        _roots = roots;
        _lists = lists;
    }

    /// <summary>Accepted before under this very material; a participant opens many connections with one certificate.</summary>
    public ConcurrentDictionary<(string Thumbprint, CertificateUse Use), CertificateVerdict> Accepted { get; } = new();

    public DateTimeOffset ListsExpire => _lists.SelectMany(lists => lists).Min(list => list.NextUpdate);

    public static TrustMaterial Load(string anchorsPath, byte[] anchors, string listsPath, byte[] lists)
    {
        var roots = PemFile.Parse(anchorsPath, anchors).Where(block => block.Label == PemBlock.CertificateLabel)
            .Select(block => Root(anchorsPath, block)).ToArray();
        if (roots.Length == 0)
        {
            throw new FederationFileException(new FileFault(anchorsPath, null, "no certificate found", "one or more PEM blocks CERTIFICATE, the federation's roots"));
        }

        var parsed = PemFile.Parse(listsPath, lists).Where(block => block.Label == PemBlock.RevocationListLabel)
            .Select(block => RevocationList.Parse(listsPath, block)).ToLookup(list => list.Issuer);
        var faults = new List<FileFault>();
        foreach (var root in roots)
        {
            var own = parsed[Name(root)].ToList();
            // Roots of one name follow one another at renewal: a list is of one of them, and each needs one.
            faults.AddRange(own.Where(list => !roots.Any(r => Name(r) == Name(root) && list.IsSignedBy(r)))
                .Select(list => new FileFault(listsPath, list.Line, "the revocation list is not signed by the root it names", "the list as its issuer published it")));
            if (!own.Any(list => list.IsSignedBy(root)))
            {
                faults.Add(new FileFault(listsPath, null, $"no revocation list of root '{root.Subject}'", "one X509 CRL per root; without it nobody can be let in"));
            }
        }

        return faults.Count == 0 ? new TrustMaterial(roots, parsed) : throw new FederationFileException(faults.Distinct().ToList());
    }

    /// <summary>A policy that trusts the federation only and never fetches anything: the address would be the stranger's choice.</summary>
    public X509ChainPolicy Policy(DateTimeOffset now, CertificateUse use)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.UtcDateTime,
            VerificationTimeIgnored = false,
        };
        policy.CustomTrustStore.AddRange(_roots);
        if (use != CertificateUse.Any)
        {
            policy.ApplicationPolicy.Add(new Oid(use == CertificateUse.Client ? KeyUses.ClientAuth : KeyUses.ServerAuth));
        }

        return policy;
    }

    /// <summary>Null when the issuer's newest list clears the certificate; else the fault. <paramref name="until"/> is when the list ends.</summary>
    public string? Revocation(X509Certificate2 certificate, X509Certificate2 issuer, DateTimeOffset now, out DateTimeOffset until)
    {
        var list = _lists[Name(issuer)].Where(l => l.ThisUpdate <= now + KeyUses.ClockSkew && l.IsSignedBy(issuer)).MaxBy(l => l.ThisUpdate);
        until = list?.NextUpdate ?? default;
        return list is null ? CertificateFaults.RevocationUnknown
            : list.Contains(certificate) ? CertificateFaults.Revoked
            : list.NextUpdate <= now ? CertificateFaults.RevocationExpired
            : null;
    }

    private static string Name(X509Certificate2 issuer) => Convert.ToHexString(issuer.SubjectName.RawData);

    private static X509Certificate2 Root(string path, PemBlock block)
    {
        try
        {
            var root = X509CertificateLoader.LoadCertificate(block.Content);
            if (root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData)
                && root.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority))
            {
                return root;
            }
        }
        catch (CryptographicException fault)
        {
            throw new FederationFileException(new FileFault(path, block.Line, "the certificate cannot be read", "a DER encoded certificate in base64"), fault);
        }

        throw new FederationFileException(new FileFault(path, block.Line, "the certificate is not a root",
            "a self-signed certificate of an authority (CA:TRUE)"));
    }
}
