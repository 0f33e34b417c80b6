using System.Globalization;
using System.Text;

namespace Keten.DecisionLog;

/// <summary>Keeps a second writer out of the directory, also one in another process. The kernel lets go when the holder dies.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    public static DirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, LogFiles.LockName);
        FileStream file;
        try
        {
            // FileShare.None is flock(LOCK_EX) on Unix.
            file = LogFiles.Open(path, FileMode.OpenOrCreate, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
        {
            throw new IOException(
                $"Another writer ({Holder(path)}) has the decision log in {directory}. Stop it, or give this gateway a directory of its own in "
                + "Gateway:DecisionLog:Directory: one log has one writer.",
                exception);
        }

        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        file.Flush();
        return new DirectoryLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string Holder(string path)
    {
        try
        {
            using var file = new FileStream(NativeFile.OpenForReading(path), FileAccess.Read, bufferSize: 0);
            using var reader = new StreamReader(file);
            return int.TryParse(reader.ReadToEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? $"process {id}" : "process unknown";
        }
        catch (IOException) // The number is a courtesy; the refusal stands without it.
        {
            return "process unknown";
        }
    }
}
