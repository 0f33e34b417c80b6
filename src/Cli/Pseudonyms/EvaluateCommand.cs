using System.CommandLine;
using Keten.Client.Pseudonyms;
using Keten.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Cli.Pseudonyms;

/// <summary><c>keten pseudonym evaluate</c>: what an adapter does, with an adapter's settings. For trying out a connection.</summary>
internal static class EvaluateCommand
{
    private const int MostNumbers = 1_000;

    public static Command Create()
    {
        var settings = new Option<string>("--settings") { Description = "The adapter's appsettings.json: its sections Adapter:Pseudonyms and Adapter:Federation are used.", Required = true, HelpName = "FILE" };
        var command = new Command("evaluate", "Read BSNs from stdin, one a line, and print their pseudonyms in the same order. Counts against the participant's budget.") { settings, PseudonymCommand.Json };
        command.SetAction((parsed, cancellationToken) => PseudonymCommand.RunAsync(parsed.GetValue(PseudonymCommand.Json), async () =>
        {
            var adapter = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(parsed.GetRequiredValue(settings))).Build().GetSection("Adapter");
            var options = adapter.GetSection("Pseudonyms").Get<PseudonymSourceOptions>() ?? new PseudonymSourceOptions();
            if (options.Validate("Adapter:Pseudonyms") is { Count: > 0 } faults)
            {
                throw new ArgumentException(string.Join(Environment.NewLine, faults));
            }

            var own = adapter.GetSection("Federation").Get<FederationOptions>() ?? new FederationOptions();
            var credentials = FederationCredentials.Load(own.TrustAnchors, own.RevocationList, own.Certificate, own.PrivateKey);
            using var source = new OprfPseudonymSource(options, oin => credentials.CreateHandler(oin), TimeProvider.System, NullLoggerFactory.Instance);
            var pseudonyms = await source.EvaluateAsync(await ReadAsync(cancellationToken), cancellationToken);
            return (new { pseudonyms = pseudonyms.Select(p => p.Value) }, string.Join(Environment.NewLine, pseudonyms));
        }));
        return command;
    }

    /// <summary>From stdin: the arguments of a process are there for all to see.</summary>
    private static async Task<List<string>> ReadAsync(CancellationToken cancellationToken)
    {
        var numbers = new List<string>();
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Trim() is { Length: > 0 } number)
            {
                numbers.Add(number);
            }
        }

        return numbers.Count is > 0 and <= MostNumbers ? numbers : throw new ArgumentException($"Expected 1 to {MostNumbers} numbers on stdin, one a line.");
    }
}
