using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Keten.Adapters.Sdk.Webhook;

/// <summary>
/// <c>Keten-Signature: t=1764000000,v1=…</c>: HMAC-SHA256 with the shared secret over the Unix time in seconds, a dot and the body, in
/// lower-case hex. Two <c>v1</c> while a secret is being changed.
/// </summary>
internal sealed class WebhookSignature(IReadOnlyList<byte[]> secrets)
{
    public const string Header = "Keten-Signature";
    public const int MinSecretLength = 32;
    private const int MaxSecrets = 2;

    public static bool TryReadSecrets(string path, out IReadOnlyList<byte[]> secrets)
    {
        string[] lines = [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        secrets = [.. lines.Select(Encoding.UTF8.GetBytes)];
        return lines.Length is > 0 and <= MaxSecrets && lines.All(line => line.Length >= MinSecretLength);
    }

    public string Of(byte[] body, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(seconds + "."), .. body];
        return $"t={seconds}" + string.Concat(secrets.Select(secret => ",v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(secret, signed))));
    }
}
