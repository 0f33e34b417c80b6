using System.Security.Cryptography;
using System.Text;
using Keten.Policy;

namespace Keten.PolicyTools.Tests;

/// <summary>From sources to a bundle that a gateway takes, and everything on that way that is refused.</summary>
public sealed class BundleCommandTests : IDisposable
{
    private static readonly byte[] Released = PolicyBundle.EmbeddedArchive();

    private readonly Sources _sources = new();

    public void Dispose() => _sources.Dispose();

    [Fact]
    public async Task Builds_and_signs_what_verify_then_accepts()
    {
        var (key, publicKey) = Keys("one");
        var output = Path.Combine(_sources.Root, "release");
        var build = await Run.PolicyAsync("build", "--source", _sources.Policy, "--out", output, "--skip-tests", "--signing-key", key);
        Assert.Equal((0, ""), (build.ExitCode, build.Error));
        Assert.EndsWith("Signed  " + Path.Combine(output, "opa-bundle.tar.gz"), build.Output.TrimEnd(), StringComparison.Ordinal);

        foreach (var bundle in new[] { "bundle.tar.gz", "opa-bundle.tar.gz" })
        {
            var verify = await Run.PolicyAsync("verify", Path.Combine(output, bundle), "--key", publicKey, "--json");
            Assert.Equal((0, true), (verify.ExitCode, verify.Json.GetProperty("verified").GetBoolean()));
            Assert.Equal(publicKey, verify.Json.GetProperty("signedBy").GetString());
        }
    }

    /// <summary>Each line of «bad input gets» in the order a privacy officer may make them.</summary>
    [Theory]
    [InlineData("access/purpose.rego", "package keten.access\n", "package keten.access\n\nx if {\n", @"access/purpose\.rego:\d+: rego_parse_error")]
    [InlineData("access/purpose.rego", "package keten.access\n", "package keten.access\n\nx if y == 1\n", @"access/purpose\.rego:\d+: rego_(unsafe_var|type)_error")]
    [InlineData("data/purposes.yaml", "      - category: regie\n", "      - category: regi\n", @"data/purposes\.yaml:\d+: unknown category 'regi'")]
    [InlineData("data/purposes.yaml", "    legal_basis: {law: [Wet BRP 1.7, Wet BRP 2.34], gdpr: [AVG 6.1.e, AVG 5.1.d]}\n", "", @"data/purposes\.yaml:\d+: purposes\.naw-hergebruik: legal_basis is required")]
    [InlineData("data/purposes.yaml", "\n  naw-hergebruik:\n", "\n  melding-doen:\n", @"data/purposes\.yaml:\d+: .*melding-doen.*")]
    [InlineData("data/categories.yaml", "interpreter_needed, secret_address]", "interpreter_needed, secret_address, shoe_size]", @"data/categories\.yaml:14: no message has field 'shoe_size' of category 'naw'")]
    [InlineData("data/categories.yaml", "  betrokkenheid:\n", "  naw:\n", @"data/categories\.yaml:\d+: .*naw.*")]
    public async Task Bad_sources_are_refused_with_file_and_line_and_nothing_is_written(string file, string before, string after, string says)
    {
        _sources.Edit(file, before, after);
        var output = Path.Combine(_sources.Root, "release");

        var build = await Run.PolicyAsync("build", "--source", _sources.Policy, "--out", output, "--skip-tests");

        Assert.Equal(1, build.ExitCode);
        Assert.Matches(says, build.Output);
        Assert.Contains("build-bundle: refused: ", build.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(output));
    }

    [Fact]
    public async Task A_field_that_the_message_to_come_is_not_to_have_is_refused()
    {
        _sources.Edit("data/categories.yaml", "diagnosis, medication,", "diagnosis, medication, allergies,");
        var build = await Run.PolicyAsync("build", "--source", _sources.Policy, "--out", Path.Combine(_sources.Root, "release"), "--skip-tests");
        Assert.Equal(1, build.ExitCode);
        Assert.Matches(@"data/categories\.yaml:\d+: no message has field 'allergies' of category 'medisch-dossier'", build.Output);
    }

    [Fact]
    public async Task A_category_without_a_message_is_told_and_not_refused()
    {
        var build = await Run.PolicyAsync("build", "--source", _sources.Policy, "--out", Path.Combine(_sources.Root, "release"), "--skip-tests", "--json");
        Assert.Equal(0, build.ExitCode);
        Assert.True(build.Json.GetProperty("built").GetBoolean());
        Assert.Contains(build.Json.GetProperty("output").EnumerateArray(), line => line.GetString()!.Contains("no message yet", StringComparison.Ordinal)
            && line.GetString()!.Contains("medisch-dossier", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_loosened_condition_that_nobody_accepted_is_refused_with_its_line_although_no_case_covers_it()
    {
        _sources.Edit("data/purposes.yaml",
            "informed: required\n    involvement: {caller: true, target: true}\n    retention_days: 3650", "informed: not-required\n    involvement: {caller: true, target: true}\n    retention_days: 3650");
        var output = Path.Combine(_sources.Root, "release");

        var build = await Run.PolicyAsync("build", "--source", _sources.Policy, "--out", output);
        Assert.Equal(1, build.ExitCode);
        Assert.Matches(@"data/purposes\.yaml:\d+: naw-hergebruik / informed is ""not-required"", was ""required""", build.Output);
        Assert.Contains("--accept", build.Output, StringComparison.Ordinal);

        var accepted = await Run.PolicyAsync("build", "--source", _sources.Policy, "--out", output, "--accept", "--skip-tests");
        Assert.Equal(0, accepted.ExitCode);
        Assert.Contains("\"naw-hergebruik / informed\": \"not-required\"", await File.ReadAllTextAsync(Path.Combine(_sources.Policy, "tests/accepted.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_cannot_sign_is_refused_before_anything_is_built()
    {
        foreach (var key in new[] { _sources.Write("text.pem", "no key"), Path.Combine(_sources.Root, "nowhere.pem"), Keys("one").Public })
        {
            var output = Path.Combine(_sources.Root, "release");
            var build = await Run.PolicyAsync("build", "--source", _sources.Policy, "--out", output, "--signing-key", key);
            Assert.Equal((2, ""), (build.ExitCode, build.Output));
            Assert.StartsWith("keten policy build: " + key, build.Error, StringComparison.Ordinal);
            Assert.Equal(2, (await Run.PolicyAsync("sign", _sources.Write("b.tar.gz", "x"), "--signing-key", key)).ExitCode);
        }
    }

    [Fact]
    public async Task A_directory_without_a_policy_and_a_bundle_that_is_not_there_cannot_be_used()
    {
        var build = await Run.PolicyAsync("build", "--source", _sources.Root, "--out", Path.Combine(_sources.Root, "release"));
        Assert.Equal(2, build.ExitCode);
        Assert.Contains("is no policy directory", build.Error, StringComparison.Ordinal);
        var (key, publicKey) = Keys("one");
        Assert.Equal(2, (await Run.PolicyAsync("verify", "nowhere.tar.gz", "--key", publicKey)).ExitCode);
        Assert.Equal(2, (await Run.PolicyAsync("sign", "nowhere.tar.gz", "--signing-key", key)).ExitCode);
    }

    [Fact]
    public async Task Verify_refuses_what_a_gateway_refuses_and_says_why()
    {
        var ((key, publicKey), (_, other)) = (Keys("one"), Keys("two"));
        var bundle = Write("bundle.tar.gz", Released);
        await RefusesAsync("not signed", bundle, publicKey);

        Assert.Equal(0, (await Run.PolicyAsync("sign", bundle, "--signing-key", key, "--json")).ExitCode);
        Assert.Equal(0, (await Run.PolicyAsync("verify", bundle, "--key", other, "--key", publicKey)).ExitCode);
        await RefusesAsync("the signature is not by " + other, bundle, other);
        await RefusesAsync("larger than 1024 bytes", bundle, publicKey, "--max-bytes", "1024");

        var signed = await File.ReadAllBytesAsync(bundle, TestContext.Current.CancellationToken);
        await RefusesAsync("data.json was changed after it was signed", Write("changed.tar.gz", With(signed, files => files["data.json"] = "{\"keten\":{}}"u8.ToArray())), publicKey);
        await RefusesAsync("extra.rego is not covered by the signature", Write("more.tar.gz", With(signed, files => files["extra.rego"] = "package x"u8.ToArray())), publicKey);
        await RefusesAsync("policy.wasm, which is not in the bundle", Write("less.tar.gz", With(signed, files => files.Remove("policy.wasm"))), publicKey);
        await RefusesAsync("not a gzipped tar", _sources.Write("text.tar.gz", "text"), publicKey);
    }

    [Fact]
    public async Task Verify_does_not_take_a_private_key_for_a_public_one()
    {
        var (key, _) = Keys("one");
        var run = await Run.PolicyAsync("verify", Write("bundle.tar.gz", Released), "--key", key);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("holds a private key", run.Error, StringComparison.Ordinal);
    }

    private static async Task RefusesAsync(string says, string bundle, string key, params string[] more)
    {
        var run = await Run.PolicyAsync(["verify", bundle, "--key", key, .. more]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("keten policy verify: " + bundle, run.Error, StringComparison.Ordinal);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        var json = await Run.PolicyAsync(["verify", bundle, "--key", key, "--json", .. more]);
        Assert.Equal((1, false), (json.ExitCode, json.Json.GetProperty("verified").GetBoolean()));
    }

    private (string Private, string Public) Keys(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (_sources.Write(name + ".key.pem", key.ExportPkcs8PrivateKeyPem()), _sources.Write(name + ".pem", key.ExportSubjectPublicKeyInfoPem()));
    }

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_sources.Root, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static byte[] With(byte[] archive, Action<Dictionary<string, byte[]>> change)
    {
        using var packed = new MemoryStream(archive);
        var files = new Dictionary<string, byte[]>(BundleArchive.Unpack(packed, "test", BundleTrust.DefaultMaxBytes), StringComparer.Ordinal);
        change(files);
        return BundleArchive.Pack(files);
    }
}
