using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keten.Policy.Tests.Support;

namespace Keten.Policy.Tests.Signing;

public sealed class SignatureTests : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly SomeKey _key = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Accepts_what_the_trusted_key_signed()
    {
        var bundle = PolicyBundle.Read(_key.Sign(SomeBundle.Released), "bundle", _key.Trust);
        Assert.Equal(PolicyBundle.Embedded().Revision, bundle.Revision);
        Assert.Equal("the privacy office's key", bundle.SignedBy);
    }

    [Fact]
    public void Signing_again_takes_the_place_of_the_first_signature()
    {
        using var other = new SomeKey();
        var twice = _key.Sign(other.Sign(SomeBundle.Released));
        Assert.NotNull(PolicyBundle.Read(twice, "bundle", _key.Trust).SignedBy);
        Refuses(twice, other.Trust, "not by");
    }

    [Fact]
    public void Refuses_a_bundle_that_nobody_signed() => Refuses(SomeBundle.Released, _key.Trust, "not signed");

    [Fact]
    public void Refuses_another_ones_signature()
    {
        using var other = new SomeKey();
        Refuses(other.Sign(SomeBundle.Released), _key.Trust, "the privacy office's key");
    }

    public static TheoryData<string> EveryFile => [.. SomeBundle.Files().Keys];

    [Theory]
    [MemberData(nameof(EveryFile))]
    public void Refuses_a_bundle_of_which_one_file_was_changed_taken_out_or_added(string file)
    {
        var signed = BundleArchive.Unpack(new MemoryStream(_key.Sign(SomeBundle.Released)), "signed", BundleTrust.DefaultMaxBytes);
        Refuses(Changed(f => f[file] = file.EndsWith("json", StringComparison.Ordinal) || file == ".manifest"
            ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(f[file]).Replace("keten", "neten", StringComparison.Ordinal)) : [.. f[file], 1]), _key.Trust, file);
        Refuses(Changed(f => f.Remove(file)), _key.Trust, file);
        Refuses(Changed(f => f["keten/extra.rego"] = "package keten.extra"u8.ToArray()), _key.Trust, "keten/extra.rego");

        byte[] Changed(Action<Dictionary<string, byte[]>> change)
        {
            var files = new Dictionary<string, byte[]>(signed, StringComparer.Ordinal);
            change(files);
            return BundleArchive.Pack(files);
        }
    }

    [Fact]
    public void White_space_in_data_does_not_break_a_signature()
    {
        var signed = new Dictionary<string, byte[]>(BundleArchive.Unpack(new MemoryStream(_key.Sign(SomeBundle.Released)), "signed", BundleTrust.DefaultMaxBytes), StringComparer.Ordinal);
        signed["data.json"] = System.Text.Encoding.UTF8.GetBytes(System.Text.Json.Nodes.JsonNode.Parse(signed["data.json"])!.ToJsonString(Indented));
        Assert.NotNull(PolicyBundle.Read(BundleArchive.Pack(signed), "bundle", _key.Trust).SignedBy);
    }

    [Theory]
    [InlineData("""{"signatures":[]}""")]
    [InlineData("""{"signatures":["a.b.c","a.b.c"]}""")]
    [InlineData("""{"signatures":["a.b"]}""")]
    [InlineData("""{"signatures":["%.%.%"]}""")]
    [InlineData("""{"signatures":[3]}""")]
    [InlineData("""{"signatures":{}}""")]
    [InlineData("""[]""")]
    [InlineData("not json")]
    public void Refuses_a_signature_file_of_another_form(string content) =>
        Refuses(SomeBundle.With(f => f[".signatures.json"] = Encoding.UTF8.GetBytes(content)), _key.Trust, ".signatures.json");

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("RS256")]
    public void Refuses_another_algorithm_whatever_the_signature(string algorithm)
    {
        var files = BundleArchive.Unpack(new MemoryStream(_key.Sign(SomeBundle.Released)), "signed", BundleTrust.DefaultMaxBytes);
        using var signatures = JsonDocument.Parse(files[".signatures.json"]);
        var parts = signatures.RootElement.GetProperty("signatures")[0].GetString()!.Split('.');
        var header = System.Buffers.Text.Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new { alg = algorithm }));
        var forged = JsonSerializer.SerializeToUtf8Bytes(new { signatures = new[] { $"{header}.{parts[1]}.{parts[2]}" } });
        Refuses(SomeBundle.With(f => f[".signatures.json"] = forged), _key.Trust, algorithm);
    }

    [Fact]
    public void Refuses_a_key_of_another_kind_and_a_private_key_on_a_gateway()
    {
        using var big = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        Assert.Throws<PolicyBundleException>(() => BundleKey.FromPem("x", big.ExportSubjectPublicKeyInfoPem()));
        Assert.Throws<PolicyBundleException>(() => BundleKey.FromPem("x", rsa.ExportSubjectPublicKeyInfoPem()));
        Assert.Throws<PolicyBundleException>(() => BundleKey.FromPem("x", "no pem"));
        Assert.Throws<PolicyBundleException>(() => PolicyBundle.Sign(SomeBundle.Released, "x", big, "k"));
        var secret = _folder.File("key.pem");
        File.WriteAllText(secret, _key.Private.ExportPkcs8PrivateKeyPem());
        Assert.Contains("private key", Assert.Throws<PolicyBundleException>(() => BundleKey.Load(secret)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verifies_what_the_real_opa_signed()
    {
        await File.WriteAllTextAsync(_folder.File("key.pem"), _key.Private.ExportECPrivateKeyPem());
        var files = SomeBundle.Files();
        Directory.CreateDirectory(_folder.File("source/keten"));
        await File.WriteAllBytesAsync(_folder.File("source/data.json"), """{"keten":{"é\u2028\"\\<&>\n":[1.50,-2e3,null,true,{}],"a":[]}}"""u8.ToArray());
        await File.WriteAllTextAsync(_folder.File("source/.manifest"), """{"revision":"x","roots":["keten"]}""");
        await File.WriteAllTextAsync(_folder.File("source/keten/access.rego"), "package keten.access\n\n# METADATA\n# entrypoint: true\ndecision := {\"allow\": false}\n");
        await Opa.RunAsync(_folder.Path, "build", "-t", "wasm", "-e", "keten/access/decision", "-b", "source", "-o", "signed.tar.gz",
            "--signing-alg", "ES256", "--signing-key", "key.pem");
        var (revision, _) = PolicyBundle.Verify(await File.ReadAllBytesAsync(_folder.File("signed.tar.gz")), "signed by opa", _key.Trust);
        Assert.Equal("x", revision);
    }

    [Fact]
    public async Task The_real_opa_verifies_what_we_signed_and_refuses_it_when_changed()
    {
        await File.WriteAllTextAsync(_folder.File("public.pem"), _key.Private.ExportSubjectPublicKeyInfoPem());
        var signed = _key.Sign(await File.ReadAllBytesAsync(Opa.OpaBundle));
        _folder.Put("signed.tar.gz", signed);
        string[] verify = ["build", "--verification-key", "public.pem", "--verification-key-id", "keten", "--signing-alg", "ES256", "-o", "out.tar.gz", "-b"];
        await Opa.RunAsync(_folder.Path, [.. verify, "signed.tar.gz"]);

        var files = new Dictionary<string, byte[]>(BundleArchive.Unpack(new MemoryStream(signed), "signed", BundleTrust.DefaultMaxBytes), StringComparer.Ordinal);
        files["keten/facts/facts.rego"] = [.. files["keten/facts/facts.rego"], (byte)'\n'];
        _folder.Put("changed.tar.gz", BundleArchive.Pack(files));
        var (code, output, error) = await Opa.TryRunAsync(_folder.Path, [.. verify, "changed.tar.gz"]);
        Assert.NotEqual(0, code);
        Assert.Contains("digest mismatch", output + error, StringComparison.Ordinal);
    }

    private static void Refuses(byte[] archive, BundleTrust trust, string says) =>
        Assert.Contains(says, Assert.Throws<PolicyBundleException>(() => PolicyBundle.Read(archive, "bundle", trust)).Message, StringComparison.Ordinal);
}
