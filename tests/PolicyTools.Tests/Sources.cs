using System.Diagnostics;
using Keten.TestKit;

namespace Keten.PolicyTools.Tests;

/// <summary>A copy of the policy's sources that a test may edit, and builds with the real script.</summary>
internal sealed class Sources : IDisposable
{
    public Sources()
    {
        Root = Directory.CreateTempSubdirectory("keten-policy-").FullName;
        Policy = Path.Combine(Root, "keten");
        var original = Path.Combine(Repository.Root, "src/PolicyBundles/keten");
        foreach (var file in Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Policy, Path.GetRelativePath(original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Root { get; }

    /// <summary>The policy directory.</summary>
    public string Policy { get; }

    public string Cases => Path.Combine(Policy, "tests/policy-cases.json");

    public string Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Edit(string file, string before, string after)
    {
        var path = Path.Combine(Policy, file);
        var text = File.ReadAllText(path);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(before, after, StringComparison.Ordinal));
    }

    /// <summary>Builds what is here now, without its tests; the bundle's path.</summary>
    public async Task<string> BuildAsync(string name)
    {
        var folder = Path.Combine(Root, name);
        var (code, output) = await BashAsync(Repository.Root, $"eng/build-bundle.sh --skip-tests --source '{Policy}' --out '{folder}'");
        Assert.True(code == 0, output);
        return Path.Combine(folder, "bundle.tar.gz");
    }

    public static async Task<(int Code, string Output)> BashAsync(string directory, string command)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command + " 2>&1"]) { WorkingDirectory = directory, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
