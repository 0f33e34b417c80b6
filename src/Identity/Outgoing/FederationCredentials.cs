using Keten.Contracts.Identifiers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Identity;

/// <summary>
/// Own certificate and trust for a client without dependency injection. The files are looked at again when a connection is opened, at most once a
/// second; a broken file keeps the last good one.
/// </summary>
public sealed class FederationCredentials
{
    private readonly FederationFiles _files;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _looked;

    private FederationCredentials(FederationOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _looked = time.GetTimestamp();
        _files = new FederationFiles(options, time, loggers, Look);
    }

    /// <summary>Whom this client believes.</summary>
    public FederationTrust Trust => _files.Trust;

    /// <summary>Who this client is.</summary>
    public OwnCertificate Own => _files.Own;

    /// <summary>Reads the four PEM files.</summary>
    /// <param name="trustAnchorsPath">One or more roots.</param>
    /// <param name="crlPath">One revocation list per root.</param>
    /// <param name="certPath">Own certificate, then its intermediates.</param>
    /// <param name="keyPath">Its unencrypted private key.</param>
    /// <param name="time">For validity; the system's clock when left out.</param>
    /// <param name="loggers">For servers that are refused; none when left out.</param>
    /// <exception cref="FederationFileException">A file is missing or broken.</exception>
    public static FederationCredentials Load(
        string trustAnchorsPath, string crlPath, string certPath, string keyPath, TimeProvider? time = null, ILoggerFactory? loggers = null) =>
        new(new FederationOptions { TrustAnchors = trustAnchorsPath, RevocationList = crlPath, Certificate = certPath, PrivateKey = keyPath },
            time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance);

    /// <inheritdoc cref="FederationTrust.CreateHandler"/>
    public SocketsHttpHandler CreateHandler(Oin? expectedServer) => Trust.CreateHandler(expectedServer);

    private void Look()
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_looked) >= TimeSpan.FromSeconds(1))
            {
                _files.Poll();
                _looked = _time.GetTimestamp();
            }
        }
    }
}
