using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Keten.Contracts.Identifiers;

namespace Keten.Identity.Pki;

/// <summary>The files of one authority.</summary>
internal sealed class AuthorityDirectory(string directory)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    public string Certificate => Path.Combine(directory, "ca.crt");

    public string Crl => Path.Combine(directory, "crl.pem");

    public string Record => Path.Combine(directory, "authority.json");

    public bool Exists => File.Exists(Certificate) || File.Exists(Key);

    private string Key => Path.Combine(directory, "ca.key");

    public void Create() => Directory.CreateDirectory(directory);

    /// <summary>Keeps other processes out until disposed.</summary>
    public FileStream Lock()
    {
        if (!Directory.Exists(directory))
        {
            throw new AuthorityException($"There is no authority in {directory}. Make one with: keten pki init {directory}");
        }

        var path = Path.Combine(directory, ".lock");
        var until = TimeProvider.System.GetTimestamp() + (long)(LockPatience.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (TimeProvider.System.GetTimestamp() < until)
            {
                // A lock of the file system has nothing to wait on but another try.
                Thread.Sleep(20);
            }
            catch (IOException fault)
            {
                throw new AuthorityException($"Another process works in {directory} and does not finish. Try again when it has ended.", fault);
            }
        }
    }

    public X509Certificate2 ReadRoot()
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(Certificate, Key);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AuthorityException($"There is no authority in {directory}: ca.crt or ca.key is missing. Make one with: keten pki init {directory}");
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new AuthorityException($"The authority in {directory} is broken: ca.crt and ca.key cannot be read or do not belong together. Restore both from a copy.");
        }
    }

    public AuthorityRecord ReadRecord()
    {
        try
        {
            using var file = File.OpenRead(Record);
            return JsonSerializer.Deserialize<AuthorityRecord>(file, Json) ?? throw new JsonException("null");
        }
        catch (Exception fault) when (fault is FileNotFoundException or JsonException)
        {
            // Without it nothing can be revoked any more: that is not to be hidden by starting anew.
            throw new AuthorityException($"{Record} is missing or broken; it holds what was issued and revoked. Restore it from a copy.", fault);
        }
    }

    public void WriteRecord(AuthorityRecord record) => AtomicFile.Write(Record, JsonSerializer.Serialize(record, Json) + "\n");

    public void WriteKey(ECDsa key) => AtomicFile.Write(Key, key.ExportPkcs8PrivateKeyPem() + "\n", AtomicFile.OwnerOnly);

    /// <summary>Each file is replaced in one step, the key first; a host that reads between the two keeps its old pair and looks again.</summary>
    public (string CertificatePath, string KeyPath) WriteIssued(Oin oin, X509Certificate2 certificate, ECDsa key)
    {
        var place = Path.Combine(directory, "issued", oin.Value);
        Directory.CreateDirectory(place);
        var (certificatePath, keyPath) = (Path.Combine(place, "cert.pem"), Path.Combine(place, "key.pem"));
        AtomicFile.Write(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n", AtomicFile.OwnerOnly);
        AtomicFile.Write(certificatePath, certificate.ExportCertificatePem() + "\n");
        return (certificatePath, keyPath);
    }
}
