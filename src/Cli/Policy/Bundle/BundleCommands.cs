using System.CommandLine;
using System.Text.Json;
using Keten.Policy;

namespace Keten.Cli.Policy.Bundle;

/// <summary><c>keten policy build|sign|verify</c>: from changed sources to a bundle that a gateway accepts.</summary>
internal static class BundleCommands
{
    private const string DefaultKeyId = "keten";

    /// <summary>What the build script writes: for gateways and adapters, and for an OPA server.</summary>
    private static readonly string[] Built = ["bundle.tar.gz", "opa-bundle.tar.gz"];

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on stdout." };

    /// <summary>For the parent command <c>policy</c> to add.</summary>
    public static IEnumerable<Command> All() => [Build(), Sign(), Verify()];

    private static Command Build()
    {
        var output = new Option<string?>("--out") { Description = "Where to write; absent: dist/ beside the sources." };
        var source = new Option<string?>("--source") { Description = "The policy directory; absent: src/PolicyBundles/keten." };
        var skipTests = new Option<bool>("--skip-tests") { Description = "Check and build only; for trying something out, never for a release." };
        var (key, keyId) = (SigningKey(required: false), KeyId());
        var command = new Command("build", "Check and test the register and the rules, and compile them; with --signing-key sign both bundles as well.")
        {
            output, source, skipTests, key, keyId,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(async () =>
        {
            // Before the minute of building, not after it.
            using var signer = parsed.GetValue(key) is { } path ? BundleFiles.SigningKey(path) : null;
            var directory = await BuildScript.RunAsync(parsed.GetValue(source), parsed.GetValue(output), parsed.GetValue(skipTests), cancellationToken);
            if (directory is null)
            {
                return 1;
            }

            foreach (var bundle in Built)
            {
                if (signer is null)
                {
                    break;
                }

                var file = Path.Combine(directory, bundle);
                BundleFiles.Write(file, PolicyBundle.Sign(BundleFiles.Read(file), file, signer, parsed.GetRequiredValue(keyId)));
                await Console.Out.WriteLineAsync($"Signed  {file}");
            }

            return 0;
        }));
        return command;
    }

    private static Command Sign()
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Bundle file: bundle.tar.gz, or opa-bundle.tar.gz for an OPA server." };
        var output = new Option<string?>("--out") { Description = "Where to write; absent: in place." };
        var (key, keyId) = (SigningKey(required: true), KeyId());
        var command = new Command("sign", "Sign a bundle (ES256, as OPA does): .signatures.json over every file in it, in place of an earlier one.") { bundle, key, keyId, output, Json };
        command.SetAction((parsed, _) => RunAsync(async () =>
        {
            using var signer = BundleFiles.SigningKey(parsed.GetRequiredValue(key));
            var from = parsed.GetRequiredValue(bundle);
            var to = parsed.GetValue(output) ?? from;
            var signed = PolicyBundle.Sign(BundleFiles.Read(from), from, signer, parsed.GetRequiredValue(keyId));
            var (revision, _) = PolicyBundle.Verify(signed, to, new BundleTrust { Keys = [BundleKey.FromPem("the signing key", signer.ExportSubjectPublicKeyInfoPem())] });
            BundleFiles.Write(to, signed);
            await Console.Out.WriteLineAsync(parsed.GetValue(Json)
                ? JsonSerializer.Serialize(new { bundle = to, revision, keyId = parsed.GetRequiredValue(keyId) })
                : $"Signed    {to}\nRevision  {revision}\nCheck     keten policy verify {to} --key PUBLIC.pem");
            return 0;
        }));
        return command;
    }

    private static Command Verify()
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Bundle file." };
        var keys = new Option<string[]>("--key") { Description = "PEM file with a public key that may have signed it; may be repeated.", Required = true };
        var command = new Command("verify", "Verify a bundle as a gateway does before activation: signature over every file, no file more, roots, size.") { bundle, keys, Json };
        command.SetAction((parsed, _) => RunAsync(async () =>
        {
            var file = parsed.GetRequiredValue(bundle);
            var trust = new BundleTrust { Keys = [.. parsed.GetRequiredValue(keys).Select(BundleKey.Load)] };
            var (revision, signedBy) = PolicyBundle.Verify(BundleFiles.Read(file), file, trust);
            await Console.Out.WriteLineAsync(parsed.GetValue(Json)
                ? JsonSerializer.Serialize(new { bundle = file, verified = true, revision, signedBy })
                : $"Verified   {file}\nRevision   {revision}\nSigned by  {signedBy}");
            return 0;
        }));
        return command;
    }

    private static Option<string> SigningKey(bool required) => new("--signing-key", "--key")
    {
        Description = "PEM file with an ECDSA private key on P-256 (openssl ecparam -name prime256v1 -genkey -noout). Keep it off every gateway.",
        Required = required,
    };

    private static Option<string> KeyId() => new("--key-id")
    {
        Description = "Name of the key in the signature; an OPA server looks up its public key by it.", DefaultValueFactory = _ => DefaultKeyId,
    };

    /// <summary>0 when done, 1 with one line on stderr when not.</summary>
    private static async Task<int> RunAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception problem) when (problem is PolicyBundleException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync("keten policy: " + problem.Message);
            return 1;
        }
    }
}
