using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Keten.Client;

namespace Keten.Fhir.Tests;

/// <summary>HTTP/1.1 over mTLS as bytes: what an HTTP client would put right or refuse to send.</summary>
internal static class RawHttp
{
    /// <summary>Sends a request with the headers of a question, and reads until the gateway closes. <paramref name="body"/> comes after the headers, as it is.</summary>
    public static async Task<(int Status, string ContentType, string Body)> SendAsync(
        FhirFederation running, string requestLine, Ask ask, string headers, byte[] body, CancellationToken cancellationToken)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(running.Base.Host, running.Base.Port, cancellationToken);
        await using var tls = new SslStream(socket.GetStream());
        var options = running.TlsOf("vt");
        options.TargetHost = running.Base.Host;
        options.ApplicationProtocols = [SslApplicationProtocol.Http11];
        await tls.AuthenticateAsClientAsync(options, cancellationToken);

        var question = string.Concat(AskMetadata.Of(ask).Where(h => h.Key != "keten-target").Select(h => $"{h.Key}: {h.Value}\r\n"));
        var head = $"{requestLine}\r\nHost: {running.Base.Authority}\r\nConnection: close\r\n{question}{headers}\r\n";
        await tls.WriteAsync((byte[])[.. Encoding.Latin1.GetBytes(head), .. body], cancellationToken);
        using var received = new MemoryStream();
        await tls.CopyToAsync(received, cancellationToken);

        var text = Encoding.Latin1.GetString(received.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"No answer to {requestLine}");
        var lines = text[..end].Split("\r\n");
        var type = lines.FirstOrDefault(l => l.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase))?["Content-Type:".Length..].Trim() ?? "";
        return (int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), type, Encoding.UTF8.GetString(received.ToArray()[(end + 4)..]));
    }
}
