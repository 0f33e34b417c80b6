using System.CommandLine;
using Keten.Policy;

namespace Keten.Cli.Policy.Bundle;

/// <summary><c>keten policy build|sign|verify</c>: from changed sources to a bundle that a gateway accepts.</summary>
internal static class BundleCommands
{
    private static readonly string[] Bundles = ["bundle.tar.gz", "opa-bundle.tar.gz"];

    private const string DefaultKeyId = "keten";

    /// <summary>For the parent command <c>policy</c> to add.</summary>
    public static IEnumerable<Command> All() => [Build(), Sign(), Verify()];

    private static Command Build()
    {
        var output = new Option<string?>("--out") { Description = "Where to write; without it dist/ beside the sources.", HelpName = "DIR" };
        var source = new Option<string?>("--source") { Description = "The policy directory; without it src/PolicyBundles/keten of this checkout.", HelpName = "DIR" };
        var skipTests = new Option<bool>("--skip-tests") { Description = "Check and build only; for trying something out, never for a release." };
        var accept = new Option<bool>("--accept") { Description = "The changed conditions are meant: write tests/accepted.json anew." };
        var (key, keyId, json) = (SigningKey(required: false), KeyId(), Cli.Json());
        var command = new Command(
            "build",
            """
            Check and test the register and the rules, and compile them; with --signing-key sign both bundles as well. Bad sources are refused with
            file and line: Rego that does not compile, an unknown category, a purpose without legal basis, a double id, a field no message has, a
            condition nobody accepted. What lay in --out stays then.

            Exit code 0 when built, 1 when refused, 2 when a key or directory cannot be used or a tool is missing.

            Examples:
              keten policy build
              keten policy build --out release --signing-key policy-key.pem
            """)
        {
            output, source, skipTests, accept, key, keyId, json,
        };
        command.Act(async (parsed, cancellationToken) =>
        {
            // Before the minute of building, not after it.
            using var signer = parsed.GetValue(key) is { } path ? BundleFiles.SigningKey(path) : null;
            var from = BuildScript.Source(parsed.GetValue(source));
            var to = Path.GetFullPath(parsed.GetValue(output) ?? Path.Combine(from, "dist"));
            List<string> lines = [], arguments = ["--source", from, "--out", to];
            arguments.AddRange(parsed.GetValue(skipTests) ? ["--skip-tests"] : []);
            arguments.AddRange(parsed.GetValue(accept) ? ["--accept"] : []);
            var code = await BuildScript.RunAsync(arguments, parsed.GetValue(json) ? lines.Add : Console.Out.WriteLine, cancellationToken);
            foreach (var bundle in code == Cli.Fine && signer is not null ? Bundles : [])
            {
                var file = Path.Combine(to, bundle);
                BundleFiles.Write(file, PolicyBundle.Sign(BundleFiles.Read(file), file, signer!, parsed.GetRequiredValue(keyId)));
                Say($"Signed  {file}");
            }

            if (parsed.GetValue(json))
            {
                Cli.Print(new { built = code == Cli.Fine, signed = code == Cli.Fine && signer is not null, directory = to, output = lines });
            }

            return code;

            void Say(string line)
            {
                lines.Add(line);
                if (!parsed.GetValue(json))
                {
                    Console.Out.WriteLine(line);
                }
            }
        });
        return command;
    }

    private static Command Sign()
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Bundle file: bundle.tar.gz, or opa-bundle.tar.gz for an OPA server." };
        var output = new Option<string?>("--out") { Description = "Where to write; without it in place.", HelpName = "FILE" };
        var (key, keyId, json) = (SigningKey(required: true), KeyId(), Cli.Json());
        var command = new Command(
            "sign",
            """
            Sign a bundle (ES256, as OPA does): .signatures.json over every file in it, in place of an earlier one. Written beside and renamed into
            place, so that a gateway that watches the folder never reads half a bundle.

            Exit code 0 when signed, 2 when the bundle or the key cannot be used.

            Examples:
              keten policy sign release/bundle.tar.gz --signing-key policy-key.pem
              keten policy sign bundle.tar.gz --signing-key policy-key.pem --out signed.tar.gz --json
            """)
        {
            bundle, key, keyId, output, json,
        };
        command.Act((parsed, _) =>
        {
            using var signer = BundleFiles.SigningKey(parsed.GetRequiredValue(key));
            var from = parsed.GetRequiredValue(bundle);
            var to = parsed.GetValue(output) ?? from;
            var signed = PolicyBundle.Sign(BundleFiles.Read(from), from, signer, parsed.GetRequiredValue(keyId));
            var (revision, _) = PolicyBundle.Verify(signed, to, new BundleTrust { Keys = [BundleKey.FromPem("the signing key", signer.ExportSubjectPublicKeyInfoPem())] });
            BundleFiles.Write(to, signed);
            if (parsed.GetValue(json))
            {
                Cli.Print(new { bundle = to, revision, keyId = parsed.GetRequiredValue(keyId) });
            }
            else
            {
                Console.Out.WriteLine($"Signed    {to}\nRevision  {revision}\nCheck     keten policy verify {to} --key PUBLIC.pem");
            }

            return Cli.Fine;
        });
        return command;
    }

    private static Command Verify()
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Bundle file." };
        var keys = new Option<string[]>("--key") { Description = "PEM file with a public key that may have signed it; may be repeated.", Required = true, HelpName = "FILE" };
        var maxBytes = new Option<long>("--max-bytes") { Description = "Largest size, packed and unpacked (Policy:MaxBundleBytes).", DefaultValueFactory = _ => BundleTrust.DefaultMaxBytes };
        var json = Cli.Json();
        var command = new Command(
            "verify",
            """
            Verify a bundle as a gateway does before activation: signature over every file, no file more, roots, size.

            Exit code 0 when a gateway would take it, 1 when it would refuse it, 2 when the bundle or a key cannot be read.

            Examples:
              keten policy verify release/bundle.tar.gz --key policy-public.pem
              keten policy verify bundle.tar.gz --key old.pem --key new.pem --json
            """)
        {
            bundle, keys, maxBytes, json,
        };
        command.Act((parsed, _) =>
        {
            var file = parsed.GetRequiredValue(bundle);
            var trust = new BundleTrust { Keys = [.. parsed.GetRequiredValue(keys).Select(BundleKey.Load)], MaxBytes = parsed.GetValue(maxBytes) };
            var archive = BundleFiles.Read(file);
            try
            {
                var (revision, signedBy) = PolicyBundle.Verify(archive, file, trust);
                if (parsed.GetValue(json))
                {
                    Cli.Print(new { bundle = file, verified = true, revision, signedBy });
                }
                else
                {
                    Console.Out.WriteLine($"Verified   {file}\nRevision   {revision}\nSigned by  {signedBy}");
                }

                return Cli.Fine;
            }
            catch (PolicyBundleException problem)
            {
                if (parsed.GetValue(json))
                {
                    Cli.Print(new { bundle = file, verified = false, problem = problem.Message });
                }
                else
                {
                    Console.Error.WriteLine("keten policy verify: " + problem.Message);
                }

                return Cli.NotAsItShould;
            }
        });
        return command;
    }

    private static Option<string> SigningKey(bool required) => new("--signing-key", "--key")
    {
        Description = "PEM file with an ECDSA private key on P-256 (openssl ecparam -name prime256v1 -genkey -noout). Keep it off every gateway.",
        Required = required, HelpName = "FILE",
    };

    private static Option<string> KeyId() => new("--key-id")
    {
        Description = "Name of the key in the signature; an OPA server looks up its public key by it.", DefaultValueFactory = _ => DefaultKeyId,
    };
}
