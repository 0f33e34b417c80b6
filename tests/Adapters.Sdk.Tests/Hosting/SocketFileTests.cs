using System.ComponentModel.DataAnnotations;
using System.Net.Sockets;
using Keten.Adapters.Sdk.Hosting;

namespace Keten.Adapters.Sdk.Tests.Hosting;

public sealed class SocketFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keten-socket-").FullName;

    private string Path => System.IO.Path.Combine(_directory, "a.sock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_socket_that_a_killed_process_left_behind_is_removed()
    {
        using (var left = Listen())
        {
            // .NET removes no file when a socket is only closed, as the kernel does not when a process is killed.
        }

        Assert.True(File.Exists(Path));
        SocketFile.RemoveStale(Path, "Adapter:CaseSystemSocket");

        Assert.False(File.Exists(Path));
        Listen().Dispose();
    }

    [Fact]
    public void A_socket_in_use_is_left_and_named()
    {
        using var other = Listen();

        var refused = Assert.Throws<ValidationException>(() => SocketFile.RemoveStale(Path, "Adapter:CaseSystemSocket"));

        Assert.Contains("another process listens", refused.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path));
    }

    [Fact]
    public void A_file_that_is_no_socket_is_never_removed()
    {
        File.WriteAllText(Path, "something of somebody");

        Assert.Throws<ValidationException>(() => SocketFile.RemoveStale(Path, "Adapter:CaseSystemSocket"));

        Assert.Equal("something of somebody", File.ReadAllText(Path));
    }

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path));
        socket.Listen();
        return socket;
    }
}
