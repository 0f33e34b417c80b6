using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Confluent.Kafka;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Events.Operation;
using Keten.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Cli.Events;

/// <summary>What the event commands have in common: how the broker and the registry are found, exit codes, output.</summary>
internal sealed class EventsCli
{
    public const int Fine = 0;
    public const int NotAsItShould = 1;
    public const int Unusable = 2;
    public const int Stopped = 130;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "A gateway's appsettings.json: broker, certificate and registry are taken from it.", HelpName = "FILE",
    };

    private readonly Option<string?> _kafka = new("--kafka") { Description = "Broker, host:port. Goes before the file's.", HelpName = "HOST:PORT" };
    private readonly Option<string?> _participants = new("--participants") { Description = "participants.yaml of the federation. Goes before the file's.", HelpName = "FILE" };
    private readonly Option<string?> _authority = new("--kafka-ca") { Description = "PEM file with the authorities of the broker.", HelpName = "FILE" };
    private readonly Option<string?> _certificate = new("--kafka-cert") { Description = "PEM file with your certificate.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--kafka-key") { Description = "PEM file with its key.", HelpName = "FILE" };

    public static Option<bool> Json() => new("--json") { Description = "One JSON object on stdout and nothing else." };

    public static Option<bool> DryRun(string what) => new("--dry-run") { Description = what };

    public static void Print(object result) => Console.Out.WriteLine(JsonSerializer.Serialize(result, Indented));

    /// <summary>Adds the options that say where broker and registry are.</summary>
    public Command AddTo(Command command)
    {
        foreach (var option in new Option[] { _config, _kafka, _participants, _authority, _certificate, _key })
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

    public EventsOptions Broker(ParseResult parsed)
    {
        var options = Section(parsed)?.GetSection("Kafka").Get<EventsOptions>() ?? new EventsOptions();
        options.BootstrapServers = parsed.GetValue(_kafka) ?? options.BootstrapServers;
        options.CertificateAuthorityPath = parsed.GetValue(_authority) ?? options.CertificateAuthorityPath;
        options.CertificatePath = parsed.GetValue(_certificate) ?? options.CertificatePath;
        options.KeyPath = parsed.GetValue(_key) ?? options.KeyPath;
        if (options.BootstrapServers.Length == 0)
        {
            throw new EventsCliException("no broker: give --kafka HOST:PORT, or --config with a gateway's appsettings.json");
        }

        var faults = options.Validate("kafka");
        return faults.Count == 0 ? options : throw new EventsCliException(string.Join("; ", faults));
    }

    public KafkaClients Clients(ParseResult parsed) => new(Broker(parsed), NullLogger<KafkaClients>.Instance);

    public IReadOnlyList<Oin> Participants(ParseResult parsed)
    {
        var path = parsed.GetValue(_participants) ?? Section(parsed)?["Federation:Participants"]
            ?? throw new EventsCliException("no registry: give --participants FILE, or --config with a gateway's appsettings.json");
        return [.. ParticipantsFile.Parse(path, File.ReadAllBytes(path), OrganisationTypes.Known).Keys.OrderBy(oin => oin.Value, StringComparer.Ordinal)];
    }

    /// <summary>Runs a command; what was given wrongly, or a broker that does not answer, is one line on stderr and exit code 2.</summary>
    public static void Act(Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await Task.Run(() => action(parsed, cancellationToken), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"keten events {command.Name}: stopped");
                return Stopped;
            }
            catch (KafkaException problem)
            {
                await Console.Error.WriteLineAsync($"keten events {command.Name}: the broker: {problem.Error.Reason}. Is it there, does it trust your certificate, and may you do this (keten events acl)?");
                return Unusable;
            }
            catch (Exception problem) when (problem is EventsCliException or GroupAtWorkException or FederationFileException or IOException or UnauthorizedAccessException or InvalidDataException)
            {
                await Console.Error.WriteLineAsync($"keten events {command.Name}: {problem.Message}");
                return Unusable;
            }
        });

    private IConfigurationSection? Section(ParseResult parsed) => parsed.GetValue(_config) is { } path
        ? new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path), optional: false).Build().GetSection("Gateway")
        : null;
}

/// <summary>Something given that cannot be used.</summary>
internal sealed class EventsCliException(string message) : Exception(message);
