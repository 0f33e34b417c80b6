using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keten.Contracts.Identifiers;

namespace Keten.Identity.Pki;

/// <summary>
/// A federation's certificate authority for development, demo and tests: P-256, its key in a file. A production federation brings PKIoverheid or its own
/// authority. The directory holds <c>ca.crt</c>, <c>ca.key</c>, <c>crl.pem</c>, <c>authority.json</c> and <c>issued/&lt;oin&gt;/{cert,key}.pem</c>.
/// One call at a time per directory, also across processes.
/// </summary>
public sealed class DevelopmentAuthority
{
    /// <summary>How long a revocation list is good for. Past that, everyone is refused until <see cref="RefreshCrl"/>.</summary>
    public static readonly TimeSpan DefaultCrlValidity = TimeSpan.FromDays(30);

    private const int LongestName = 64;
    private static readonly TimeSpan RootValidity = TimeSpan.FromDays(3650);
    private static readonly TimeSpan BackDate = TimeSpan.FromMinutes(5);

    private readonly AuthorityDirectory _files;
    private readonly TimeProvider _time;

    private DevelopmentAuthority(AuthorityDirectory files, TimeProvider time)
    {
        _files = files;
        _time = time;
    }

    /// <summary>The root: a trust anchor file.</summary>
    public string CertificatePath => _files.Certificate;

    /// <summary>The revocation list file.</summary>
    public string CrlPath => _files.Crl;

    /// <summary>Makes an authority in a new or empty place.</summary>
    /// <param name="directory">Is created when absent.</param>
    /// <param name="name">Name in the root certificate, at most 64 characters.</param>
    /// <param name="time">For validity; the system's clock when left out.</param>
    /// <exception cref="AuthorityException">An authority is there already; it is never overwritten.</exception>
    public static DevelopmentAuthority Init(string directory, string name = "Keten ontwikkelfederatie", TimeProvider? time = null)
    {
        CheckName(name);
        var files = new AuthorityDirectory(directory);
        files.Create();
        using var held = files.Lock();
        if (files.Exists)
        {
            throw new AuthorityException($"There is an authority in {directory} already (ca.crt or ca.key). Choose another directory, or remove it yourself.");
        }

        var authority = new DevelopmentAuthority(files, time ?? TimeProvider.System);
        var now = authority._time.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = CertificateForm.SelfSign(name, key, now - BackDate, now + RootValidity);
        files.WriteKey(key);
        AtomicFile.Write(files.Certificate, root.ExportCertificatePem() + "\n");
        authority.Publish(root, new AuthorityRecord(), DefaultCrlValidity);
        return authority;
    }

    /// <summary>The authority that is in the directory.</summary>
    /// <exception cref="AuthorityException">There is none, or it is broken.</exception>
    public static DevelopmentAuthority Open(string directory, TimeProvider? time = null)
    {
        var files = new AuthorityDirectory(directory);
        using var root = files.ReadRoot();
        files.ReadRecord();
        return new DevelopmentAuthority(files, time ?? TimeProvider.System);
    }

    /// <summary>A key and a certificate for clientAuth and serverAuth with the OIN in the subject's <c>serialNumber</c>. What was issued before stays valid.</summary>
    /// <param name="oin">The participant.</param>
    /// <param name="name">The organisation's name, at most 64 characters (X.520).</param>
    /// <param name="options">Hosts and validity.</param>
    /// <exception cref="ArgumentException">The name is empty, too long or not one line, or the validity is.</exception>
    public IssuedCertificate Issue(Oin oin, string name, IssueOptions? options = null)
    {
        CheckName(name);
        if (!Oin.TryParse(oin.Value, out _))
        {
            throw new ArgumentException("An OIN has 20 letters or digits.", nameof(oin));
        }

        using var held = _files.Lock();
        using var root = _files.ReadRoot();
        var record = _files.ReadRecord();
        options ??= new IssueOptions();
        var now = _time.GetUtcNow();
        var from = options.NotBefore ?? now - BackDate;
        var until = from + (options.NotBefore is null ? BackDate : TimeSpan.Zero) + options.Validity;
        // What starts before or outlives its issuer is worth nothing: better to say so in the certificate.
        var (rootFrom, rootUntil) = (new DateTimeOffset(root.NotBefore.ToUniversalTime()), new DateTimeOffset(root.NotAfter.ToUniversalTime()));
        (from, until) = (from < rootFrom ? rootFrom : from, until > rootUntil ? rootUntil : until);
        if (until <= from)
        {
            throw new ArgumentException("The certificate would end before it begins, or outside the time of its authority.", nameof(options));
        }

        var form = new CertificateForm { Organisation = name, SerialNumbers = [oin.Value], Hosts = options.Hosts, NotBefore = from, NotAfter = until };
        var serial = CertificateForm.NewSerial();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = form.Sign(key, root, serial);
        var hex = Convert.ToHexStringLower(serial);
        // Recorded first: a certificate that exists can always be revoked.
        _files.WriteRecord(record with { Issued = [.. record.Issued, new IssuedRecord(hex, oin.Value, name, now, until, RevokedAt: null)] });
        var (certificatePath, keyPath) = _files.WriteIssued(oin, certificate, key);
        return new IssuedCertificate(oin, hex, until, certificatePath, keyPath);
    }

    /// <summary>Revokes every certificate of the participant and publishes the list. Returns how many were revoked now.</summary>
    /// <exception cref="AuthorityException">None was ever issued.</exception>
    public int Revoke(Oin oin) => Revoke(oin.Value);

    /// <summary>As <see cref="Revoke(Oin)"/>, by OIN or by the serial number of one certificate in hex.</summary>
    /// <exception cref="AuthorityException">None was ever issued under that OIN or number.</exception>
    public int Revoke(string oinOrSerial)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(oinOrSerial);
        using var held = _files.Lock();
        using var root = _files.ReadRoot();
        var record = _files.ReadRecord();
        bool Meant(IssuedRecord issued) => issued.Oin == oinOrSerial || issued.Serial.Equals(oinOrSerial, StringComparison.OrdinalIgnoreCase);
        if (!record.Issued.Any(Meant))
        {
            throw new AuthorityException($"No certificate was issued under this OIN or serial number; {_files.Record} lists what was.");
        }

        var now = _time.GetUtcNow();
        var fresh = record.Issued.Count(issued => Meant(issued) && issued.RevokedAt is null);
        var revoked = record with { Issued = [.. record.Issued.Select(issued => Meant(issued) && issued.RevokedAt is null ? issued with { RevokedAt = now } : issued)] };
        Publish(root, revoked, DefaultCrlValidity);
        return fresh;
    }

    /// <summary>Publishes the list anew, with a higher number and a later end.</summary>
    /// <param name="validity">How long it is good for; 30 days when left out.</param>
    public void RefreshCrl(TimeSpan? validity = null)
    {
        using var held = _files.Lock();
        using var root = _files.ReadRoot();
        Publish(root, _files.ReadRecord(), validity ?? DefaultCrlValidity);
    }

    private void Publish(X509Certificate2 root, AuthorityRecord record, TimeSpan validity)
    {
        var next = record with { CrlNumber = record.CrlNumber + 1 };
        var list = new CertificateRevocationListBuilder();
        foreach (var issued in next.Issued)
        {
            if (issued.RevokedAt is { } at)
            {
                list.AddEntry(Convert.FromHexString(issued.Serial), at);
            }
        }

        var now = _time.GetUtcNow();
        var signed = list.Build(root, new BigInteger(next.CrlNumber), now + validity, HashAlgorithmName.SHA256, rsaSignaturePadding: null, thisUpdate: now - BackDate);
        // The number is spent before the list exists: no two lists ever carry the same one.
        _files.WriteRecord(next);
        AtomicFile.Write(_files.Crl, PemEncoding.WriteString(PemBlock.RevocationListLabel, signed) + "\n");
    }

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > LongestName || name.Any(char.IsControl))
        {
            throw new ArgumentException($"The name is one line of at most {LongestName} characters (X.520).", nameof(name));
        }
    }
}
