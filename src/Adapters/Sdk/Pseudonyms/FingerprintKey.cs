using System.Security.Cryptography;
using System.Text;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>
/// Makes short keyed hashes of BSNs, by which the index sees that a number has not changed. Whoever has the key and the adapter's database could try all
/// numbers: the key is in memory only, or in a file of its own that is not backed up with the database.
/// </summary>
public sealed class FingerprintKey
{
    private const int Length = 32;
    private readonly byte[] _key;

    private FingerprintKey(byte[] key, bool lasts) => (_key, Lasts) = (key, lasts);

    /// <summary>True when fingerprints are still good after a restart.</summary>
    public bool Lasts { get; }

    /// <summary>For this process only: after a restart every client is evaluated again.</summary>
    public static FingerprintKey Passing() => new(RandomNumberGenerator.GetBytes(Length), lasts: false);

    /// <summary>From a file that only this account can read; made when it is not there.</summary>
    /// <exception cref="InvalidOperationException">It cannot be used.</exception>
    public static FingerprintKey FromFile(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                using var file = new FileStream(path, options);
                file.Write(RandomNumberGenerator.GetBytes(Length));
            }

            var key = File.ReadAllBytes(path);
            return key.Length == Length ? new FingerprintKey(key, lasts: true)
                : throw new InvalidOperationException($"Adapter:PseudonymIndexKey '{path}' is no key of {Length} bytes: remove it, and every client is evaluated once more.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"Adapter:PseudonymIndexKey '{path}' cannot be used: {fault.Message} Give a path this account may write.", fault);
        }
    }

    internal long Of(string bsn) => BitConverter.ToInt64(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(bsn)));
}
