using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Oprf;
using Keten.TestKit;

namespace Keten.Pseudonyms.Tests;

/// <summary>
/// docs/pseudonym-vectors.json, for who writes another client: from invented BSNs to pseudonyms, every value on the way. Written anew with KETEN_WRITE_DOCS=1.
/// </summary>
public sealed class PublishedVectorTests
{
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "pseudonym-vectors.json");
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void The_published_vectors_are_what_the_code_gives()
    {
        var made = Make().ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("KETEN_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Page, made);
        }

        Assert.Equal(made, File.ReadAllText(Page).ReplaceLineEndings("\n"));
    }

    private static JsonObject Make()
    {
        var suite = OprfSuite.Verifiable;
        using var first = suite.DeriveKey(Encoding.ASCII.GetBytes("keten test vectors, evaluator 1 "), "share 1"u8);
        using var second = suite.DeriveKey(Encoding.ASCII.GetBytes("keten test vectors, evaluator 2 "), "share 2"u8);
        using var whole = first.Shift(second, subtract: false);
        var vectors = new JsonArray();
        foreach (var (bsn, scope) in new[] { ("111222333", FederationKeys.InvolvementScope), ("999912112", FederationKeys.InvolvementScope), ("111222333", "keten|other|v1") })
        {
            var input = PseudonymInput.Derive(bsn, scope);
            var element = suite.HashToGroup(input);
            var parts = new[] { first, second }.Select(share => share.Evaluate([element])[0]).ToList();
            var sum = parts[0].Add(parts[1])!;
            Assert.Equal(whole.Evaluate([element])[0], sum);
            vectors.Add(new JsonObject
            {
                ["bsn"] = bsn,
                ["scope"] = scope,
                ["canonicalIdentifier"] = Encoding.ASCII.GetString(PseudonymInput.Canonical(bsn)),
                ["oprfInput"] = Hex(input),
                ["hashToGroup"] = Hex(element.ToArray()),
                ["evaluatedByShare1"] = Hex(parts[0].ToArray()),
                ["evaluatedByShare2"] = Hex(parts[1].ToArray()),
                ["evaluated"] = Hex(sum.ToArray()),
                ["output"] = Hex(OprfSuite.Finalize(input, sum)),
                ["pseudonym"] = Pseudonym.Create("k1", OprfSuite.Finalize(input, sum)).Value,
            });
        }

        return new JsonObject
        {
            ["suite"] = "RFC 9497 P256-SHA256, mode VOPRF; evaluated without a blind here, which changes nothing of the output",
            ["derivation"] = "HKDF-SHA256(ikm = canonicalIdentifier (RFC 8785), no salt, info = scope, 32 bytes)",
            ["share1"] = Hex(Export(first)),
            ["share2"] = Hex(Export(second)),
            ["publicKey1"] = Hex(first.PublicKey.ToArray()),
            ["publicKey2"] = Hex(second.PublicKey.ToArray()),
            ["federationPublicKey"] = Hex(whole.PublicKey.ToArray()),
            ["vectors"] = vectors,
        };
    }

    private static byte[] Export(EvaluationKey key)
    {
        var bytes = new byte[EvaluationKey.Length];
        key.Export(bytes);
        return bytes;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
