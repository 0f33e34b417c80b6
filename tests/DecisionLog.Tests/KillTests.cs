using System.Diagnostics;
using System.Text;
using Keten.DecisionLog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.DecisionLog.Tests;

public sealed class KillTests
{
    // Not a test: what the child process runs.
    [Fact(Explicit = true)]
    public Task Appends_until_it_is_killed() => AppendingChild.AppendForeverAsync();

    [Fact]
    public async Task After_a_kill_every_acknowledged_record_is_there()
    {
        const int Kills = 20;
        using var temp = new TempLog();
        var acknowledged = new List<string>();
        for (var round = 0; round < Kills; round++)
        {
            var before = acknowledged.Count;
            using var child = AppendingChild.Start(temp.Directory, round);

            // Not the same amount each time, so that the kill falls at all kinds of moments.
            while (acknowledged.Count < before + 100 + (round * 37) && await child.ReadIdAsync(TestContext.Current.CancellationToken) is { } id)
            {
                acknowledged.Add(id);
            }

            child.Kill();
            while (await child.ReadIdAsync(TestContext.Current.CancellationToken) is { } id)
            {
                acknowledged.Add(id);
            }

            Assert.True(acknowledged.Count >= before + 100, child.Errors);
            Assert.Empty(acknowledged.Except(temp.ReadIds()));
        }

        await using var log = await temp.OpenAsync();
        Assert.Empty(acknowledged.Except(temp.ReadIds()));
        Assert.Equal(acknowledged.Count, acknowledged.Distinct().Count());
    }
}

/// <summary>This test assembly in a process of its own, appending until it is killed and printing each id once it was acknowledged.</summary>
internal sealed class AppendingChild : IDisposable
{
    private const string DirectoryVariable = "KETEN_TEST_APPEND_TO";
    private const string RoundVariable = "KETEN_TEST_ROUND";
    private const string Prefix = "acknowledged ";
    private readonly Process _process;
    private readonly Task<string> _errors;

    private AppendingChild(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public string Errors => _errors.IsCompletedSuccessfully ? _errors.Result : "the child has not ended";

    public static AppendingChild Start(string directory, int round)
    {
        var start = new ProcessStartInfo("dotnet", [
            "exec", typeof(AppendingChild).Assembly.Location, "-explicit", "only", "-noLogo", "-method", "*." + nameof(KillTests.Appends_until_it_is_killed),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [DirectoryVariable] = directory, [RoundVariable] = $"{round}" },
        };
        return new AppendingChild(Process.Start(start) ?? throw new InvalidOperationException("The child did not start."));
    }

    public async Task<string?> ReadIdAsync(CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), cancellationToken) is { } line)
        {
            // What the test runner prints is none of ours, and the kill may cut a line in half: only one that ends in a full stop is whole.
            if (line.StartsWith(Prefix, StringComparison.Ordinal) && line[^1] == '.')
            {
                return line[Prefix.Length..^1];
            }
        }

        return null;
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    public static async Task AppendForeverAsync()
    {
        var directory = Environment.GetEnvironmentVariable(DirectoryVariable) ?? throw new InvalidOperationException($"{DirectoryVariable} is not set.");
        var round = Environment.GetEnvironmentVariable(RoundVariable);
        var options = new DecisionLogOptions { Directory = directory, SegmentBytes = 256 << 10 };
        await using var log = new SegmentedDecisionLog(options, TimeProvider.System, NullLogger<SegmentedDecisionLog>.Instance);
        await log.StartAsync(CancellationToken.None);
        var output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                var id = $"{round}-{writer}-{i}";
                await log.AppendAsync(Some.Decision(id), CancellationToken.None);
                var line = Encoding.ASCII.GetBytes($"{Prefix}{id}.\n");
                lock (output)
                {
                    output.Write(line);
                }
            }
        })));
    }
}
