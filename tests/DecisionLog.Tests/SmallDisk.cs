using System.Diagnostics;
using System.Globalization;

namespace Keten.DecisionLog.Tests;

/// <summary>A file system in memory that is soon full. Needs the right to mount; without it the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk Mount(int bytes)
    {
        var path = Directory.CreateTempSubdirectory("keten-disk-").FullName;
        if (!OperatingSystem.IsLinux() || !Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={bytes}"), "tmpfs", path))
        {
            Directory.Delete(path);
            Assert.Skip("Mounting a small tmpfs is not permitted here; run as root to see a really full disk.");
        }

        return new SmallDisk(path);
    }

    public void Dispose()
    {
        Assert.True(Run("umount", Path), $"could not unmount {Path}");
        Directory.Delete(Path);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        return process is not null && process.WaitForExit(TimeSpan.FromSeconds(10)) && process.ExitCode == 0;
    }
}
