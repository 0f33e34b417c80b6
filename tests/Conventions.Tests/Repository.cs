using System.Diagnostics;

namespace Keten.Conventions.Tests;

/// <summary>The sources as they lie in the repository, with what git ignores left out.</summary>
internal static class Repository
{
    private static readonly Lazy<IReadOnlyList<string>> Listed = new(List);

    public static string Root { get; } = FindRoot();

    /// <summary>Files under a directory with this ending, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string directory, string ending) =>
        Listed.Value.Where(f => f.StartsWith(directory + "/", StringComparison.Ordinal) && f.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>All files, relative to the root.</summary>
    public static IReadOnlyList<string> AllFiles => Listed.Value;

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "KetenGateway.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No KetenGateway.sln above {AppContext.BaseDirectory}; run the tests from the repository.");
    }

    private static IReadOnlyList<string> List()
    {
        // Tracked files and new ones that are not ignored: so a fault shows before it is committed.
        var start = new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root, RedirectStandardOutput = true,
        };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        var files = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        Assert.True(git.ExitCode == 0 && files.Length > 0, "git could not list the files; the convention tests need a git checkout.");
        return [.. files.Where(f => File.Exists(Path.Combine(Root, f)))];
    }
}
