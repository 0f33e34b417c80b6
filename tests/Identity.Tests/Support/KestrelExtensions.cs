using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Keten.Identity.Tests;

internal static class KestrelExtensions
{
    public static void ListenLocalhostFree(this KestrelServerOptions kestrel, Action<ListenOptions> configure) => kestrel.Listen(IPAddress.Loopback, 0, configure);
}
