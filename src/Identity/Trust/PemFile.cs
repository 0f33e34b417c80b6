using System.Security.Cryptography;
using System.Text;

namespace Keten.Identity;

/// <summary>Reads PEM with line numbers. A damaged block is a fault, where the platform's own reader would skip it in silence.</summary>
internal static class PemFile
{
    private const string Begin = "-----BEGIN ";

    public static List<PemBlock> Parse(string path, byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var blocks = new List<PemBlock>();
        var line = 1;
        var counted = 0;
        for (var at = text.IndexOf(Begin, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Begin, at, StringComparison.Ordinal))
        {
            line += text.AsSpan(counted, at - counted).Count('\n');
            counted = at;
            var rest = text.AsSpan(at);
            if (!PemEncoding.TryFind(rest, out var fields) || fields.Location.GetOffsetAndLength(rest.Length).Offset != 0)
            {
                throw new FederationFileException(new FileFault(path, line, "the PEM block that starts here is damaged",
                    "-----BEGIN, base64 lines and the matching -----END"));
            }

            var content = Convert.FromBase64String(rest[fields.Base64Data].ToString());
            blocks.Add(new PemBlock(rest[fields.Label].ToString(), content, line));
            at += fields.Location.GetOffsetAndLength(rest.Length).Length;
        }

        return blocks;
    }
}
