using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Keten.Identity.Tests;

/// <summary>A client that trusts every server and shows what it is told to: what an attacker or a misconfigured system would do.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly SslStream _stream;

    private RawClient(SslStream stream) => _stream = stream;

    public X509Certificate2 Server => new(_stream.RemoteCertificate!);

    public SslProtocols Protocol => _stream.SslProtocol;

    public static async Task<RawClient> ConnectAsync(Uri address, TestKit.Pki.TestIdentity? identity, SslProtocols protocols = SslProtocols.None)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = address.Host,
            EnabledSslProtocols = protocols,
#pragma warning disable CA5359 // It is the client that is judged here.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        };
        if (identity is not null)
        {
            var others = new X509Certificate2Collection();
            others.ImportFromPemFile(identity.CertificatePath);
            others.RemoveAt(0);
            options.ClientCertificateContext = SslStreamCertificateContext.Create(identity.Load(), others, offline: true);
        }

        try
        {
            await stream.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
            return new RawClient(stream);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Null when the connection is dropped before an answer.</summary>
    public static async Task<string?> GetAsync(Uri address, TestKit.Pki.TestIdentity? identity, string path, SslProtocols protocols = SslProtocols.None)
    {
        try
        {
            await using var client = await ConnectAsync(address, identity, protocols);
            return await client.GetAsync(path);
        }
        catch (Exception fault) when (fault is IOException or AuthenticationException)
        {
            return null;
        }
    }

    /// <summary>The body of an answer; null when the connection is dropped.</summary>
    public async Task<string?> GetAsync(string path)
    {
        try
        {
            await SendAsync(path);
            var text = new StringBuilder();
            var buffer = new byte[4096];
            while (true)
            {
                var read = await _stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
                if (read == 0)
                {
                    return text.Length == 0 ? null : throw new IOException("Half an answer.");
                }

                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
                if (Body(text.ToString()) is { } body)
                {
                    return body;
                }
            }
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async Task SendAsync(string path) => await _stream.WriteAsync(
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"), TestContext.Current.CancellationToken);

    /// <summary>Zero or an exception of the socket: closed.</summary>
    public async Task<bool> IsClosedAsync()
    {
        var buffer = new byte[4096];
        try
        {
            return await _stream.ReadAsync(buffer, TestContext.Current.CancellationToken) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Null while the answer is not complete; the status line comes before a body other than 200's.</summary>
    private static string? Body(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var (head, body) = (answer[..end], answer[(end + 4)..]);
        var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        var complete = length is null ? body.EndsWith("0\r\n\r\n", StringComparison.Ordinal) : body.Length == int.Parse(length[16..], CultureInfo.InvariantCulture);
        if (complete && length is null)
        {
            // One small chunk, then the last one.
            body = string.Concat(body.Split("\r\n").Where((_, i) => i % 2 == 1));
        }

        return !complete ? null : head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) ? body : head.Split("\r\n")[0] + body;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
