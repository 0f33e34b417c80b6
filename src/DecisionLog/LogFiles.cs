using System.Globalization;

namespace Keten.DecisionLog;

/// <summary>Names and modes of the files of one log.</summary>
internal static class LogFiles
{
    public const string LockName = "writer.lock";
    public const string MarkName = "acknowledged";
    public const string FollowerSuffix = ".follower";
    public const string UnfinishedSuffix = ".new";
    private const string SegmentSuffix = ".seg";
    private const int IndexDigits = 20;

    // The group may read, so that a security team's tool needs no rights of the gateway.
    private const UnixFileMode ModeOfFiles = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const UnixFileMode ModeOfDirectories = ModeOfFiles | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

    public static string SegmentPath(string directory, long firstIndex) =>
        Path.Combine(directory, firstIndex.ToString("D20", CultureInfo.InvariantCulture) + SegmentSuffix);

    /// <summary>The index in a segment's name.</summary>
    public static long FirstIndexOf(string segmentPath) => long.Parse(Path.GetFileNameWithoutExtension(segmentPath), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The segments by first index. A file of another name is not ours and is left alone.</summary>
    public static List<(long FirstIndex, string Path)> Segments(string directory)
    {
        var segments = new List<(long FirstIndex, string Path)>();
        foreach (var path in Directory.EnumerateFiles(directory, "*" + SegmentSuffix))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (name.Length == IndexDigits && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                segments.Add((index, path));
            }
        }

        segments.Sort((left, right) => left.FirstIndex.CompareTo(right.FirstIndex));
        return segments;
    }

    public static void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, ModeOfDirectories);
        }

        NativeFile.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(directory)) ?? directory);
    }

    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open)
        {
            options.UnixCreateMode = ModeOfFiles;
        }

        return new FileStream(path, options);
    }
}
