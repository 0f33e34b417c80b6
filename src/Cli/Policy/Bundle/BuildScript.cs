using System.Diagnostics;
using Keten.Policy;

namespace Keten.Cli.Policy.Bundle;

/// <summary>Runs eng/build-bundle.sh of the checkout: what CI runs and what a privacy officer runs are the same.</summary>
internal static class BuildScript
{
    private const string Script = "eng/build-bundle.sh";
    private const string DefaultSource = "src/PolicyBundles/keten";

    /// <returns>The directory written to; null when the script refused, which it said itself.</returns>
    public static async Task<string?> RunAsync(string? source, string? output, bool skipTests, CancellationToken cancellationToken)
    {
        var root = Root();
        var from = Path.GetFullPath(source ?? Path.Combine(root, DefaultSource));
        var to = Path.GetFullPath(output ?? Path.Combine(from, "dist"));
        var start = new ProcessStartInfo("bash") { ArgumentList = { Path.Combine(root, Script), "--source", from, "--out", to } };
        if (skipTests)
        {
            start.ArgumentList.Add("--skip-tests");
        }

        using var process = Process.Start(start) ?? throw new PolicyBundleException("bash cannot be started; it runs " + Script);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0 ? to : null;
    }

    private static string Root()
    {
        for (var directory = new DirectoryInfo(Environment.GetEnvironmentVariable("KETEN_ROOT") ?? AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, Script)))
            {
                return directory.FullName;
            }
        }

        throw new PolicyBundleException($"{Script} is not to be found; run keten from a checkout, or set KETEN_ROOT to one");
    }
}
