using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
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
        var (certificate, key) = running.CertificateOf("vt");
        using var client = X509Certificate2.CreateFromPemFile(certificate, key);
        using var socket = new TcpClient();
        await socket.ConnectAsync(running.Base.Host, running.Base.Port, cancellationToken);
        // The test's own gateway: that it is the right one, the other tests check.
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = running.Base.Host, ClientCertificates = [client], ApplicationProtocols = [SslApplicationProtocol.Http11] },
            cancellationToken);

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
