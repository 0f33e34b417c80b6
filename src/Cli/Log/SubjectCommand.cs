using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Policy;
using Keten.PolicyTools;
using Spectre.Console;

namespace Keten.Cli.Log;

/// <summary><c>keten log subject</c>: what a person is told when they ask who saw what about them.</summary>
internal sealed class SubjectCommand
{
    private readonly Argument<string> _subject = new("PSEUDONYM") { Description = "The person, for instance k1.mB0… After a change of key ask once for each key." };
    private readonly Option<string?> _gateway = new("--gateway") { Description = "Ask through this gateway: https://host:port. Needs the next four.", HelpName = "URL" };
    private readonly Option<string?> _gatewayOin = new("--gateway-oin") { Description = "OIN its certificate must carry.", HelpName = "OIN" };
    private readonly Option<string?> _anchors = File("--trust-anchors", "PEM file with the federation's roots.");
    private readonly Option<string?> _certificate = File("--certificate", "PEM file with the resident portal's certificate.");
    private readonly Option<string?> _key = File("--private-key", "PEM file with its private key.");
    private readonly Option<string[]> _directories = new("--dir") { Description = "Without a gateway: the directory of a decision log. Once for each gateway.", HelpName = "DIR" };
    private readonly Option<string[]> _stores = new("--adapter-store") { Description = "With --dir: an adapter's database, as OIN=FILE. Once for each organisation: a line that names one without is left out.", HelpName = "OIN=FILE" };
    private readonly Option<string?> _participants = File("--participants", "With --dir: participants.yaml, for names and types.");
    private readonly Option<string> _role = new("--role") { Description = "Who asks: inwoner, wettelijk-vertegenwoordiger or gemachtigde.", DefaultValueFactory = _ => "inwoner" };
    private readonly Option<int?> _age = new("--age") { Description = "Age of the person in whole years; who may ask depends on it.", HelpName = "YEARS" };
    private readonly Option<string> _assurance = new("--assurance") { Description = "Strength of the login: low, substantial or high.", DefaultValueFactory = _ => "substantial" };
    private readonly Option<string?> _facts = new("--facts") { Description = "More facts as one JSON object, for instance consent for a gemachtigde.", HelpName = "JSON" };
    private readonly Option<string> _actor = new("--actor") { Description = "The portal's own opaque id of who asks; it is logged.", DefaultValueFactory = _ => "keten-log-subject" };
    private readonly Option<string> _language = new("--lang") { Description = "nl or en.", DefaultValueFactory = _ => "nl" };
    private readonly Option<bool> _json = Cli.Json();
    private readonly Option<string?> _html = File("--html", "Also write a page to print or to send.");

    public static Command Create()
    {
        var options = new SubjectCommand();
        var command = new Command("subject", "Who saw what about a person, when, why, on what ground: gathered from the gateway and every organisation that answers. Exit code 1: somebody did not answer.");
        command.Arguments.Add(options._subject);
        foreach (var option in (Option[])[
            options._gateway, options._gatewayOin, options._anchors, options._certificate, options._key, options._directories, options._stores, options._participants,
            options._role, options._age, options._assurance, options._facts, options._actor, options._language, options._json, options._html])
        {
            command.Options.Add(option);
        }

        options._language.AcceptOnlyFromAmong("nl", "en");
        options._assurance.AcceptOnlyFromAmong("low", "substantial", "high");
        command.Act(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var question = Question(parsed);
        using var policy = LoadedPolicy.Open(null);
        SubjectAnswer answer;
        try
        {
            answer = parsed.GetValue(_gateway) is { } address
                ? await AskAsync(parsed, address, question, policy.Register, cancellationToken)
                : await ReadAsync(parsed, question, cancellationToken);
        }
        catch (KetenException refused)
        {
            throw new CliException(refused.Message);
        }

        var words = new SubjectWords(policy.Register, parsed.GetRequiredValue(_language));
        if (parsed.GetValue(_html) is { } page)
        {
            await System.IO.File.WriteAllTextAsync(page, SubjectPage.Write(answer, words), Encoding.UTF8, cancellationToken);
        }

        if (parsed.GetValue(_json))
        {
            Cli.Print(SubjectJson.Of(answer, words));
        }
        else
        {
            SubjectText.Write(AnsiConsole.Console, answer, words);
        }

        return answer.IsComplete ? Cli.Fine : Cli.NotAsItShould;
    }

    private SubjectQuestion Question(ParseResult parsed)
    {
        var subject = Pseudonym.TryParse(parsed.GetRequiredValue(_subject), out var person) ? person
            : throw new CliException("PSEUDONYM is none: expected key id, a dot and 43 characters. A BSN is not accepted; the adapter gives its pseudonym.");
        return new SubjectQuestion(subject, parsed.GetRequiredValue(_role), parsed.GetRequiredValue(_actor), Facts(parsed));
    }

    private CaseFacts Facts(ParseResult parsed)
    {
        JsonObject facts;
        try
        {
            facts = JsonNode.Parse(parsed.GetValue(_facts) ?? "{}") as JsonObject ?? throw new CliException("--facts: expected one JSON object.");
        }
        catch (System.Text.Json.JsonException)
        {
            throw new CliException("--facts: expected one JSON object.");
        }

        facts.TryAdd("assurance_level", parsed.GetRequiredValue(_assurance));
        if (parsed.GetValue(_age) is { } age)
        {
            facts.TryAdd("subject_age", age);
        }

        return CaseFacts.TryParse(facts.ToJsonString(), out var known, out var fault) ? known : throw new CliException($"--facts: expected {fault}.");
    }

    private async Task<SubjectAnswer> AskAsync(
        ParseResult parsed, string address, SubjectQuestion question, PolicyRegister register, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var gateway) || gateway.Scheme != Uri.UriSchemeHttps)
        {
            throw new CliException("--gateway: expected https://host:port.");
        }

        if (!Oin.TryParse(parsed.GetValue(_gatewayOin), out var oin)
            || (parsed.GetValue(_anchors), parsed.GetValue(_certificate), parsed.GetValue(_key)) is not ({ } anchors, { } certificate, { } key))
        {
            throw new CliException("--gateway needs --gateway-oin, --trust-anchors, --certificate and --private-key.");
        }

        using var own = Certificate(certificate, key);
        using var client = new KetenClient(new KetenClientOptions { Gateway = gateway, GatewayOin = oin, TrustAnchors = Roots(anchors), Certificate = own });
        return await new SubjectGathering(client, oin, register).AskAsync(question, TimeProvider.System.GetUtcNow(), cancellationToken);
    }

    private async Task<SubjectAnswer> ReadAsync(ParseResult parsed, SubjectQuestion question, CancellationToken cancellationToken)
    {
        var directories = parsed.GetValue(_directories) ?? [];
        if (directories.Length == 0 || parsed.GetValue(_participants) is not { } participants)
        {
            throw new CliException("give --gateway to ask, or --dir and --participants to read files.");
        }

        var stores = (parsed.GetValue(_stores) ?? []).Select(text => text.Split('=', 2) is [var oin, var path] && Oin.TryParse(oin, out var known) ? (known, path)
            : throw new CliException("--adapter-store: expected OIN=FILE.")).ToList();
        var register = ParticipantsFile.Parse(participants, await System.IO.File.ReadAllBytesAsync(participants, cancellationToken), OrganisationTypes.Known)
            .Values.ToDictionary(p => p.Oin.Value, StringComparer.Ordinal);
        using var policy = new WasmPolicyEngine(PolicyBundle.Embedded());
        var (answer, unverified) = await new SubjectFiles(policy, register).ReadAsync(question, directories, stores, TimeProvider.System.GetUtcNow(), cancellationToken);
        if (unverified > 0)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"note: {unverified} lines are left out, because they name an organisation without --adapter-store; only its own store tells whether it shields its involvement (M4). Give the store of every organisation that takes part. Do not pass this on to the person."));
        }

        return answer;
    }

    private static X509Certificate2 Certificate(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (CryptographicException problem)
        {
            throw new CliException($"{certificate} and {key}: {problem.Message} Give a PEM certificate and the unencrypted key that belongs to it.");
        }
    }

    private static X509Certificate2Collection Roots(string path)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(path);
        return roots.Count > 0 ? roots : throw new CliException($"{path} holds no certificate.");
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}
