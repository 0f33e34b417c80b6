using System.Security.Cryptography;
using Keten.Policy;

namespace Keten.Cli.Policy.Bundle;

/// <summary>Bundles and keys on disk.</summary>
internal static class BundleFiles
{
    /// <exception cref="PolicyBundleException">It cannot be read, or is no ECDSA private key on P-256.</exception>
    public static ECDsa SigningKey(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            key.ExportParameters(includePrivateParameters: true);
            return key.KeySize == 256 ? key : throw new CryptographicException("another curve");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw new PolicyBundleException($"{path}: the signing key cannot be read ({problem.Message})", problem);
        }
        catch (Exception problem) when (problem is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new PolicyBundleException($"{path}: expected a PEM file with an unencrypted ECDSA private key on P-256", problem);
        }
    }

    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Read(string path) => File.ReadAllBytes(path);

    /// <summary>Beside it first, then renamed into place: a gateway that watches the folder never reads half a bundle.</summary>
    public static void Write(string path, byte[] bundle)
    {
        var beside = path + ".new";
        File.WriteAllBytes(beside, bundle);
        File.Move(beside, path, overwrite: true);
    }
}
