using System.CommandLine;
using System.Net.Sockets;
using Grpc.Net.Client;
using Keten.Contracts.Identifiers;
using Keten.Identity;

namespace Keten.Cli.Involvement;

/// <summary>How the command reaches the adapter: a unix socket, or mTLS with the organisation's own certificate.</summary>
internal sealed class AdapterConnection
{
    private const string SocketPrefix = "unix:";

    private readonly Option<string> _adapter = new("--adapter")
    {
        Description = "The adapter's address for its case system: unix:/path/to/socket, or https://host:port with the four files below.", Required = true,
    };

    private readonly Option<string?> _anchors = File("--trust-anchors", "PEM file with the federation's roots.");
    private readonly Option<string?> _revoked = File("--revocation-list", "PEM file with their revocation lists.");
    private readonly Option<string?> _certificate = File("--certificate", "PEM file with your organisation's certificate.");
    private readonly Option<string?> _key = File("--private-key", "PEM file with its private key.");

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_adapter, _anchors, _revoked, _certificate, _key])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="CliException">The options do not say how.</exception>
    /// <exception cref="FederationFileException">A file is missing or broken.</exception>
    public GrpcChannel Open(ParseResult parsed)
    {
        var address = parsed.GetRequiredValue(_adapter);
        if (address.StartsWith(SocketPrefix, StringComparison.Ordinal))
        {
            return GrpcChannel.ForAddress("http://adapter", new GrpcChannelOptions
            {
                HttpHandler = OverSocket(address[SocketPrefix.Length..]), DisposeHttpClient = true,
            });
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps)
        {
            throw new CliException("--adapter: expected unix:/path/to/socket or https://host:port.");
        }

        if ((parsed.GetValue(_anchors), parsed.GetValue(_revoked), parsed.GetValue(_certificate), parsed.GetValue(_key))
            is not ({ } anchors, { } revoked, { } certificate, { } key))
        {
            throw new CliException("--adapter https://… needs --trust-anchors, --revocation-list, --certificate and --private-key.");
        }

        var credentials = FederationCredentials.Load(anchors, revoked, certificate, key);
        return GrpcChannel.ForAddress(url, new GrpcChannelOptions
        {
            // The adapter shows the organisation's own certificate: nobody else's is meant.
            HttpHandler = credentials.CreateHandler(OinOf(credentials)), DisposeHttpClient = true,
        });
    }

    private static Oin OinOf(FederationCredentials credentials) => credentials.Own.Oin;

    private static SocketsHttpHandler OverSocket(string path) => new()
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}
