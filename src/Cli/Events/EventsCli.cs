using System.CommandLine;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Cli.Events;

/// <summary>What the event commands have in common: how the broker and the registry are found.</summary>
internal sealed class EventsCli
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "A gateway's appsettings.json: broker, certificate and registry are taken from it.", HelpName = "FILE",
    };

    private readonly Option<string?> _kafka = new("--kafka") { Description = "Broker, host:port. Goes before the file's.", HelpName = "HOST:PORT" };
    private readonly Option<string?> _participants = new("--participants") { Description = "participants.yaml of the federation. Goes before the file's.", HelpName = "FILE" };
    private readonly Option<string?> _authority = new("--kafka-ca") { Description = "PEM file with the authorities of the broker.", HelpName = "FILE" };
    private readonly Option<string?> _certificate = new("--kafka-cert") { Description = "PEM file with your certificate.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--kafka-key") { Description = "PEM file with its key.", HelpName = "FILE" };
    private readonly Option<bool> _plaintext = new("--allow-plaintext") { Description = "Development only: a broker on another host without the three files above." };

    /// <summary>Adds the options that say where broker and registry are.</summary>
    public Command AddTo(Command command)
    {
        foreach (var option in new Option[] { _config, _kafka, _participants, _authority, _certificate, _key, _plaintext })
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>Adds only what says where the registry is.</summary>
    public Command AddRegistryTo(Command command)
    {
        command.Add(_config);
        command.Add(_participants);
        return command;
    }

    public static Option<int> Replication(string what)
    {
        var option = new Option<int>("--replication") { Description = what, DefaultValueFactory = _ => TopicSpecification.SafeReplication, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var copies) && copies is < 1 or > 100)
            {
                result.AddError("--replication: expected 1 up to 100");
            }
        });
        return option;
    }

    public EventsOptions Broker(ParseResult parsed)
    {
        var options = Section(parsed)?.GetSection("Kafka").Get<EventsOptions>() ?? new EventsOptions();
        options.BootstrapServers = parsed.GetValue(_kafka) ?? options.BootstrapServers;
        options.CertificateAuthorityPath = parsed.GetValue(_authority) ?? options.CertificateAuthorityPath;
        options.CertificatePath = parsed.GetValue(_certificate) ?? options.CertificatePath;
        options.KeyPath = parsed.GetValue(_key) ?? options.KeyPath;
        if (options.BootstrapServers.Length == 0)
        {
            throw new CliException("no broker: give --kafka HOST:PORT, or --config with a gateway's appsettings.json");
        }

        options.AllowPlaintext |= parsed.GetValue(_plaintext);
        if (options.IsUnprotected)
        {
            Console.Error.WriteLine(options.AllowPlaintext
                ? $"keten events: no TLS to {options.BootstrapServers}: whoever is on the network can read and write for every organisation; development only"
                : throw new CliException("a broker on another host: give --kafka-ca, --kafka-cert and --kafka-key, or, in development only, --allow-plaintext"));
        }

        var faults = options.Validate("kafka");
        return faults.Count == 0 ? options : throw new CliException(string.Join("; ", faults));
    }

    public KafkaClients Clients(ParseResult parsed) => new(Broker(parsed), NullLogger<KafkaClients>.Instance);

    public IReadOnlyList<Oin> Participants(ParseResult parsed)
    {
        var path = parsed.GetValue(_participants) ?? Section(parsed)?["Federation:Participants"]
            ?? throw new CliException("no registry: give --participants FILE, or --config with a gateway's appsettings.json");
        return [.. ParticipantsFile.Parse(path, File.ReadAllBytes(path), OrganisationTypes.Known).Keys.OrderBy(oin => oin.Value, StringComparer.Ordinal)];
    }

    private IConfigurationSection? Section(ParseResult parsed) => parsed.GetValue(_config) is { } path
        ? new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path), optional: false).Build().GetSection("Gateway")
        : null;
}
