using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Keten.DecisionLog;

/// <summary>What .NET does not offer: <c>fdatasync</c> (its own flush is <c>fsync</c>) and the syncing of a directory.</summary>
internal static class NativeFile
{
    private const int Interrupted = 4;
    private const int CloseOnExec = 0x80000;

    /// <summary>Puts the file's data, and what is needed to read it back, on stable storage.</summary>
    public static void SyncData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (FileDataSync(file) != 0)
        {
            ThrowUnlessInterrupted("fdatasync");
        }
    }

    /// <summary>Makes a created, renamed or removed name in the directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var directory = OpenForReading(path);
        while (FileSync(directory) != 0)
        {
            ThrowUnlessInterrupted("fsync directory");
        }
    }

    /// <summary>Opens a file or directory as it is. .NET's own opening takes a lock on the way, and does not open directories.</summary>
    public static SafeFileHandle OpenForReading(string path)
    {
        while (true)
        {
            var handle = Open(path, CloseOnExec);
            if (!handle.IsInvalid)
            {
                return handle;
            }

            handle.Dispose();
            ThrowUnlessInterrupted("open");
        }
    }

    private static void ThrowUnlessInterrupted(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error != Interrupted)
        {
            throw new IOException($"{call} failed: {new Win32Exception(error).Message} (errno {error}).");
        }
    }

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FileDataSync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FileSync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
