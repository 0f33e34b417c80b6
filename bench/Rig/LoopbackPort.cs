using System.Net;
using System.Net.Sockets;

namespace Keten.Bench.Rig;

/// <summary>A port for a process that is killed and started again at the same address.</summary>
public static class LoopbackPort
{
    /// <summary>
    /// One that nobody listens on now, and none of those the kernel gives to outgoing connections (from 32768 on): while the process is away, one of these
    /// could take it.
    /// </summary>
    public static int Free()
    {
        const int First = 15_000, Last = 32_000, Attempts = 100;
        for (var attempt = 1; ; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Attempts)
            {
                // Another one, then.
            }
        }
    }
}
