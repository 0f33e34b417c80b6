using System.Diagnostics;
using Keten.TestKit;

namespace Keten.Policy.Tests.Support;

/// <summary>The real OPA, which none of us wrote. eng/get-opa.sh gets one; without it these tests are skipped, and say so.</summary>
internal static class Opa
{
    private static readonly string? Found = Candidates().FirstOrDefault(File.Exists);

    public static string Binary
    {
        get
        {
            Assert.SkipUnless(Found is not null, "No OPA here: run eng/get-opa.sh once, or set OPA.");
            return Found;
        }
    }

    public static string OpaBundle => Path.Combine(Repository.Root, "src/PolicyBundles/keten/dist/opa-bundle.tar.gz");

    /// <summary>Runs it; fails the test on any exit code but 0.</summary>
    public static async Task<string> RunAsync(string directory, params string[] arguments)
    {
        var (code, output, error) = await TryRunAsync(directory, arguments);
        Assert.True(code == 0, $"opa {string.Join(' ', arguments)}: {error}{output}");
        return output;
    }

    public static async Task<(int Code, string Output, string Error)> TryRunAsync(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo(Binary, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("OPA") is { Length: > 0 } own)
        {
            yield return own;
        }

        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return Path.Combine(directory, "opa");
        }

        yield return Path.Combine(Cache, "opa");
    }

    /// <summary>Where eng/get-opa.sh keeps what it built.</summary>
    public static string Cache => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "keten", "opa");
}
