using System.ComponentModel.DataAnnotations;
using System.Net.Sockets;

namespace Keten.Adapters.Sdk.Hosting;

/// <summary>The file of a unix socket. One that was killed leaves it behind, and nobody can listen there until it is gone.</summary>
internal static class SocketFile
{
    /// <summary>Removes a socket nobody listens on; leaves everything else alone.</summary>
    /// <exception cref="ValidationException">Somebody listens there, or it is no socket.</exception>
    public static void RemoveStale(string path, string setting)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused && new FileInfo(path).Length == 0)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException other)
        {
            throw new ValidationException($"{setting}: '{path}' is there and cannot be used ({other.SocketErrorCode}): remove it, or give another path.", other);
        }

        throw new ValidationException($"{setting}: another process listens on '{path}': stop it, or give another path.");
    }
}
