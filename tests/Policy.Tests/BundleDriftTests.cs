using System.Diagnostics;
using Keten.TestKit;

namespace Keten.Policy.Tests;

/// <summary>What is shipped in dist/ is what the sources say, built by the real OPA.</summary>
public sealed class BundleDriftTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData("bundle.tar.gz")]
    [InlineData("opa-bundle.tar.gz")]
    public async Task The_bundle_in_dist_is_built_from_these_sources_byte_for_byte(string file)
    {
        var (code, opa, why) = await RunAsync("eng/get-opa.sh");
        Assert.SkipWhen(code != 0, $"OPA cannot be had here, so the bundle cannot be built anew: {why}");

        var directory = Directory.CreateTempSubdirectory("keten-bundle-");
        try
        {
            // Its tests run on their own, by ./keten test.
            var (built, _, said) = await RunAsync("eng/build-bundle.sh", opa.Trim(), "--skip-tests", "--out", directory.FullName);
            Assert.True(built == 0, $"eng/build-bundle.sh failed with {built}: {said}");
            var shipped = await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "src/PolicyBundles/keten/dist", file));
            var anew = await File.ReadAllBytesAsync(Path.Combine(directory.FullName, file));
            Assert.True(shipped.AsSpan().SequenceEqual(anew), $"dist/{file} was not built from these sources: run eng/build-bundle.sh and commit the result.");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string script, string? opa = null, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [script, .. arguments])
        {
            WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        if (opa is not null)
        {
            start.Environment["OPA"] = opa;
        }

        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, (await error).Trim());
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
