using System.Net;
using Confluent.Kafka;

namespace Keten.Events;

/// <summary>How to reach Kafka. TLS is on as soon as a path is given; a broker on another host needs all three.</summary>
public sealed class EventsOptions
{
    /// <summary><c>host:port</c>, comma separated. Required.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>PEM file with the authorities that may vouch for the broker.</summary>
    public string? CertificateAuthorityPath { get; set; }

    /// <summary>PEM file with this participant's client certificate; its OIN is the Kafka principal the ACLs name.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>PEM file with the certificate's private key.</summary>
    public string? KeyPath { get; set; }

    /// <summary>
    /// Development only: a broker on another host without the three paths. Whoever is on the network can read and write for everybody then, and
    /// every start warns of it.
    /// </summary>
    public bool AllowPlaintext { get; set; }

    /// <summary>
    /// Longest a broker holds an empty fetch. The mock cluster does not wake a waiting fetch when something is produced, so that this is its
    /// latency per hop; a real broker does, and may be given half a second.
    /// </summary>
    public TimeSpan FetchWait { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long a consumer of a group may be silent before its partitions go to another. The mock cluster also takes this long for every
    /// rebalance, which a change of the participant registry causes.
    /// </summary>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A broker on another host without TLS, or without saying who we are.</summary>
    public bool IsUnprotected => (CertificateAuthorityPath is null || CertificatePath is null || KeyPath is null)
        && !BootstrapServers.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(IsLoopback);

    /// <summary>Sets where the broker is and how to prove who we are.</summary>
    internal void ApplyTo(ClientConfig config)
    {
        config.BootstrapServers = BootstrapServers;
        if (CertificateAuthorityPath is not null || CertificatePath is not null)
        {
            config.SecurityProtocol = SecurityProtocol.Ssl;
            config.SslCaLocation = CertificateAuthorityPath;
            config.SslCertificateLocation = CertificatePath;
            config.SslKeyLocation = KeyPath;
        }
    }

    /// <summary>All faults, each with key, fault and remedy; empty when the options can be used.</summary>
    public IReadOnlyList<string> Validate(string section)
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(BootstrapServers))
        {
            faults.Add($"{section}:{nameof(BootstrapServers)} is empty: give host:port of a Kafka broker, or start the embedded broker.");
        }

        if (CertificatePath is null != KeyPath is null)
        {
            faults.Add($"{section}:{nameof(CertificatePath)} and {section}:{nameof(KeyPath)} belong together: give both or neither.");
        }

        if (IsUnprotected && !AllowPlaintext)
        {
            faults.Add(
                $"{section}:{nameof(BootstrapServers)} names a broker on another host without {section}:{nameof(CertificateAuthorityPath)}, {section}:{nameof(CertificatePath)} and "
                + $"{section}:{nameof(KeyPath)}: give all three, or, in development only, {section}:{nameof(AllowPlaintext)}=true.");
        }

        foreach (var (key, path) in new[]
        {
            (nameof(CertificateAuthorityPath), CertificateAuthorityPath), (nameof(CertificatePath), CertificatePath), (nameof(KeyPath), KeyPath),
        })
        {
            if (path is not null && !File.Exists(path))
            {
                faults.Add($"{section}:{key} names '{path}', which does not exist: give the path of a PEM file.");
            }
        }

        if (FetchWait <= TimeSpan.Zero || FetchWait > TimeSpan.FromSeconds(5))
        {
            faults.Add($"{section}:{nameof(FetchWait)} is outside 1 ms to 5 s: leave it out for the default.");
        }

        if (SessionTimeout < TimeSpan.FromSeconds(1) || SessionTimeout > TimeSpan.FromMinutes(2))
        {
            faults.Add($"{section}:{nameof(SessionTimeout)} is outside 1 s to 2 min: leave it out for the default.");
        }

        return faults;
    }

    // Of host:port; what cannot be read as such is not loopback.
    private static bool IsLoopback(string server)
    {
        var host = server.LastIndexOf(':') is >= 0 and var colon ? server[..colon] : server;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
