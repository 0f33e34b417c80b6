using System.Diagnostics;
using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Identity.Pki;
using Keten.Oprf;
using Keten.Pseudonyms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Cli.Bench;

/// <summary>What a batch costs an evaluator and a caller on one core each, and how fast two evaluators and a caller on this machine are together.</summary>
internal static class PseudonymBench
{
    private static readonly OprfSuite Suite = OprfSuite.Verifiable;
    private static readonly Oin Caller = Oin.Parse("00000099000000001004");
    private static readonly (string Name, Oin Oin)[] Evaluators = [("a", Oin.Parse("00000099000000009001")), ("b", Oin.Parse("00000099000000009002"))];

    /// <summary>Elements per second.</summary>
    public sealed record Result(int Batch, int Cores, double EvaluatePerCore, double BlindPerCore, double VerifyPerCore, double UnblindPerCore, double CallerPerCore, double EndToEnd, double BatchSeconds, double BatchProcessorSeconds);

    public static async Task<Result> RunAsync(int batch, int rounds, CancellationToken cancellationToken)
    {
        string[] bsns = [.. Numbers().Take(batch)];
        using var key = EvaluationKey.Generate();
        var times = new double[4];
        for (var round = -1; round < rounds; round++)
        {
            // Processor time: what a core takes for it, also when the machine has other work.
            var before = Environment.CpuUsage.TotalTime;
            List<byte[]> inputs = [.. bsns.Select(b => PseudonymInput.Derive(b, FederationKeys.InvolvementScope))];
            List<BlindedInput> blinds = inputs.ConvertAll(i => Suite.Blind(i));
            Take(0);
            List<byte[]> sent = blinds.ConvertAll(b => b.Element.ToArray());
            var blinded = sent.ConvertAll(Parse);
            var evaluated = key.Evaluate(blinded);
            var proof = DleqProof.Prove(key, blinded, evaluated);
            Take(1);
            List<GroupElement> received = [.. evaluated.Select(e => Parse(e.ToArray()))];
            if (!DleqProof.Verify(key.PublicKey, blinded, received, proof))
            {
                throw new InvalidOperationException("the benchmark's own proof does not hold");
            }

            Take(2);
            var unblinded = BlindedInput.UnblindAll(blinds, received);
            for (var i = 0; i < batch; i++)
            {
                OprfSuite.Finalize(inputs[i], unblinded[i]);
            }

            Take(3);

            void Take(int what)
            {
                // The first round warms up.
                var now = Environment.CpuUsage.TotalTime;
                times[what] += round < 0 ? 0 : (now - before).TotalSeconds;
                before = now;
            }
        }

        var together = await EndToEndAsync(bsns, rounds, cancellationToken);
        double PerSecond(double seconds) => Math.Round(batch * rounds / seconds);
        // A caller blinds and unblinds once, and verifies what each of two evaluators gave.
        return new Result(batch, Environment.ProcessorCount, PerSecond(times[1]), PerSecond(times[0]), PerSecond(times[2]), PerSecond(times[3]),
            PerSecond(times[0] + (2 * times[2]) + times[3]), Math.Round(batch / together.Wall), Math.Round(together.Wall, 3), Math.Round(together.Processor, 3));
    }

    private static async Task<(double Wall, double Processor)> EndToEndAsync(IReadOnlyList<string> bsns, int rounds, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("keten-bench-").FullName;
        var hosts = new List<WebApplication>();
        try
        {
            var authority = DevelopmentAuthority.Init(Path.Combine(directory, "pki"));
            var own = authority.Issue(Caller, "Meting");
            var participants = Path.Combine(directory, "participants.yaml");
            ParticipantsFile.Write(participants, [new Participant { Oin = Caller, Name = "Meting", OrganisationType = "gemeente", Status = ParticipantStatus.Active }]);
            var statements = new List<PublicStatement>();
            var options = new PseudonymSourceOptions { KeysFile = Path.Combine(directory, "pseudonym-keys.json"), Deadline = TimeSpan.FromMinutes(2) };
            foreach (var (name, oin) in Evaluators)
            {
                var host = EvaluatorHost.Build(Builder(directory, name, authority, authority.Issue(oin, name), participants, statements));
                hosts.Add(host);
                await host.StartAsync(cancellationToken);
                options.Evaluators.Add(new() { Oin = oin.Value, Address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) });
            }

            await File.WriteAllTextAsync(options.KeysFile, new FederationKeys(FederationKeys.InvolvementScope, [.. PublicStatement.Combine(statements).Select(k => new FederationKey(k.Id, k.PublicKey))]).ToJson(), cancellationToken);
            var credentials = FederationCredentials.Load(authority.CertificatePath, authority.CrlPath, own.CertificatePath, own.KeyPath);
            using var source = new OprfPseudonymSource(options, oin => credentials.CreateHandler(oin), TimeProvider.System, NullLoggerFactory.Instance);
            await source.EvaluateAsync(bsns, cancellationToken);
            var (started, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            for (var round = 0; round < rounds; round++)
            {
                await source.EvaluateAsync(bsns, cancellationToken);
            }

            return (Stopwatch.GetElapsedTime(started).TotalSeconds / rounds, (Environment.CpuUsage.TotalTime - used).TotalSeconds / rounds);
        }
        finally
        {
            foreach (var host in hosts)
            {
                await host.StopAsync(CancellationToken.None);
                await host.DisposeAsync();
            }

            Directory.Delete(directory, recursive: true);
        }
    }

    private static WebApplicationBuilder Builder(
        string directory, string name, DevelopmentAuthority authority, IssuedCertificate issued, string participants, List<PublicStatement> statements)
    {
        var keyFile = Path.Combine(directory, name + ".json");
        using (var keys = EvaluatorKeyFile.Create(name, "k1", TimeProvider.System.GetUtcNow()))
        {
            keys.Save(keyFile);
            statements.Add(PublicStatement.Of(keys));
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Evaluator:Listen"] = "127.0.0.1:0",
            ["Evaluator:ManagementListen"] = "127.0.0.1:0",
            ["Evaluator:KeyFile"] = keyFile,
            ["Evaluator:LogDirectory"] = Path.Combine(directory, "log-" + name),
            ["Evaluator:DailyBudget"] = "1000000000",
            ["Evaluator:Federation:TrustAnchors"] = authority.CertificatePath,
            ["Evaluator:Federation:RevocationList"] = authority.CrlPath,
            ["Evaluator:Federation:Certificate"] = issued.CertificatePath,
            ["Evaluator:Federation:PrivateKey"] = issued.KeyPath,
            ["Evaluator:Federation:Participants"] = participants,
        });
        return builder;
    }

    private static GroupElement Parse(byte[] bytes) =>
        GroupElement.TryParse(bytes, out var element) ? element : throw new InvalidOperationException("the benchmark's own element is none");

    private static IEnumerable<string> Numbers()
    {
        for (var number = 200_000_000; ; number++)
        {
            if (number.ToString(System.Globalization.CultureInfo.InvariantCulture) is var text && Elfproef.Holds(text))
            {
                yield return text;
            }
        }
    }
}
