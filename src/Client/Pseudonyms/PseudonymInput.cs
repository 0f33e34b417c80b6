using System.Security.Cryptography;
using System.Text;

namespace Keten.Client.Pseudonyms;

/// <summary>
/// From a BSN to the bytes that are evaluated: the identifier as canonical JSON (RFC 8785), through HKDF-SHA256 with the scope as info, so that another
/// purpose or federation gets pseudonyms that cannot be linked to these. Vectors: docs/pseudonym-vectors.json.
/// </summary>
public static class PseudonymInput
{
    /// <summary>Length of what <see cref="Derive"/> gives.</summary>
    public const int Length = 32;

    /// <summary>
    /// The identifier's canonical form. Three ASCII members in the order of their names and a value of digits: RFC 8785 leaves one way to write it.
    /// </summary>
    public static byte[] Canonical(string bsn) => Elfproef.Holds(bsn) ? Encoding.ASCII.GetBytes($$"""{"landCode":"NL","type":"BSN","value":"{{bsn}}"}""")
        : throw new ArgumentException("The number does not pass the elfproef.", nameof(bsn));

    /// <summary>HKDF-SHA256 without salt.</summary>
    /// <param name="bsn">Nine digits that pass the elfproef.</param>
    /// <param name="scope">The federation's label, for instance <c>keten|involvement|v1</c>.</param>
    /// <exception cref="ArgumentException">The number does not pass; it is not in the message.</exception>
    public static byte[] Derive(string bsn, string scope)
    {
        var canonical = Canonical(bsn);
        try
        {
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, canonical, Length, [], Encoding.UTF8.GetBytes(scope));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(canonical);
        }
    }
}
