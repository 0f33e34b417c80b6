using System.CommandLine;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Keten.Contracts.Identifiers;
using Keten.Identity;

namespace Keten.Cli.Log;

/// <summary>How a command reaches the gateway's management port: plain on the machine itself, elsewhere mTLS with a certificate of the federation.</summary>
internal sealed class GatewayConnection
{
    private readonly Option<string?> _gateway = new("--gateway")
    {
        Description = "The gateway's management port: https://host:port with the options below, or http://127.0.0.1:port on the machine itself.", HelpName = "URL",
    };

    private readonly Option<string?> _oin = new("--gateway-oin") { Description = "OIN in the gateway's certificate.", HelpName = "OIN" };
    private readonly Option<string?> _anchors = File("--trust-anchors", "PEM file with the federation's roots.");
    private readonly Option<string?> _revoked = File("--revocation-list", "PEM file with their revocation lists.");
    private readonly Option<string?> _certificate = File("--certificate", "PEM file with your certificate: your organisation's, or an officer's in Gateway:Operators.");
    private readonly Option<string?> _key = File("--private-key", "PEM file with its private key.");

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_gateway, _oin, _anchors, _revoked, _certificate, _key])
        {
            command.Options.Add(option);
        }
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_gateway) is not null;

    /// <exception cref="CliException">The options do not say how.</exception>
    /// <exception cref="FederationFileException">A file is missing or broken.</exception>
    public HttpClient Open(ParseResult parsed)
    {
        if (!Uri.TryCreate(parsed.GetValue(_gateway), UriKind.Absolute, out var url))
        {
            throw new CliException("--gateway: expected https://host:port, or http://127.0.0.1:port on the machine itself.");
        }

        if (url is { Scheme: "http", IsLoopback: true })
        {
            return new HttpClient { BaseAddress = url };
        }

        if (url.Scheme != Uri.UriSchemeHttps
            || (parsed.GetValue(_anchors), parsed.GetValue(_revoked), parsed.GetValue(_certificate), parsed.GetValue(_key))
                is not ({ } anchors, { } revoked, { } certificate, { } key)
            || !Oin.TryParse(parsed.GetValue(_oin), out var gateway))
        {
            throw new CliException("--gateway https://… needs --gateway-oin, --trust-anchors, --revocation-list, --certificate and --private-key; http is for 127.0.0.1 only.");
        }

        return new HttpClient(FederationCredentials.Load(anchors, revoked, certificate, key).CreateHandler(gateway)) { BaseAddress = url };
    }

    /// <summary>What the gateway answers; a refusal is one line with its code.</summary>
    /// <exception cref="CliException">It refuses, or does not answer.</exception>
    public static async Task<T> AskAsync<T>(HttpClient gateway, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await gateway.SendAsync(request, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return await answer.Content.ReadFromJsonAsync<T>(cancellationToken) ?? throw new CliException("the gateway's answer is empty");
            }

            throw new CliException(await RefusalAsync(answer, cancellationToken));
        }
        catch (HttpRequestException problem)
        {
            throw new CliException(
                $"no answer from {gateway.BaseAddress}: {problem.InnerException?.Message ?? problem.Message} Is it the management port, and may your certificate be there?");
        }
        catch (JsonException)
        {
            throw new CliException($"{gateway.BaseAddress} does not answer as a gateway's management port does");
        }
    }

    private static async Task<string> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return answer.StatusCode == HttpStatusCode.NotFound ? "not a gateway's management port, or an older version" : $"HTTP {(int)answer.StatusCode}";
        }

        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return $"{Text("code")}: {Text("detail")} (recorded as {Text("decisionId")})";

        string Text(string name) => problem.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}
