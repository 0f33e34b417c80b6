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
        // .NET removes the file under the name it was bound to; under another it stays, as it does when a process is killed.
        using (var killed = Listen(Path + ".bound"))
        {
            File.Move(Path + ".bound", Path);
        }

        Assert.True(File.Exists(Path));
        SocketFile.RemoveStale(Path, "Adapter:CaseSystemSocket");

        Assert.False(File.Exists(Path));
        Listen(Path).Dispose();
    }

    [Fact]
    public void A_socket_in_use_is_left_and_named()
    {
        using var other = Listen(Path);

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

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }
}
