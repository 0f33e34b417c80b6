using System.Diagnostics;
using Keten.PolicyTools;

namespace Keten.Cli.Policy.Bundle;

/// <summary>Runs eng/build-bundle.sh of the checkout: what CI runs and what a privacy officer runs are the same.</summary>
internal static class BuildScript
{
    private const string Script = "eng/build-bundle.sh";
    private const string DefaultSource = "src/PolicyBundles/keten";

    /// <summary>The policy directory, of the checkout when none is given.</summary>
    /// <exception cref="ToolException">It is no policy directory.</exception>
    public static string Source(string? given) => given is null ? Path.Combine(Root(), DefaultSource)
        : Directory.Exists(Path.Combine(given, "data")) ? Path.GetFullPath(given)
        : throw new ToolException($"{given}: is no policy directory; expected one with data/, access/ and tests/, as {DefaultSource}");

    /// <summary>Runs it with these arguments; every line it says goes to <paramref name="onLine"/>, one at a time.</summary>
    /// <returns>An exit code of the policy commands: 0 done, 1 refused, 2 a tool is missing.</returns>
    public static async Task<int> RunAsync(IEnumerable<string> arguments, Action<string> onLine, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("bash", [Script, .. arguments]) { WorkingDirectory = Root(), RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new ToolException("bash cannot be started; it runs " + Script);
        var turn = new Lock();
        try
        {
            await Task.WhenAll(ReadAsync(process.StandardError), ReadAsync(process.StandardOutput), process.WaitForExitAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode switch { 0 => Cli.Fine, 1 => Cli.NotAsItShould, _ => Cli.Unusable };

        async Task ReadAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                lock (turn)
                {
                    onLine(line);
                }
            }
        }
    }

    /// <summary>The checkout: where the keten script says, or above the current directory, or above this program.</summary>
    private static string Root()
    {
        foreach (var start in new[] { Environment.GetEnvironmentVariable("KETEN_ROOT"), Environment.CurrentDirectory, AppContext.BaseDirectory }.OfType<string>())
        {
            for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
            {
                if (File.Exists(Path.Combine(directory.FullName, Script)))
                {
                    return directory.FullName;
                }
            }
        }

        throw new ToolException($"{Script} was not found: run this in a checkout of KetenGateway, where the policy's sources are, or set KETEN_ROOT to one");
    }
}
