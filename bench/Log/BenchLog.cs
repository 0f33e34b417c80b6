using System.Diagnostics;
using Keten.DecisionLog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Bench.Log;

/// <summary>A decision log as a gateway has it, and appends from many at once, each awaited.</summary>
internal sealed class BenchLog : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly IDecisionLog _log;
    private long _next;

    private BenchLog(IHost host)
    {
        _host = host;
        _log = host.Services.GetRequiredService<IDecisionLog>();
    }

    public static async Task<BenchLog> OpenAsync(string directory, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        builder.Services.AddDecisionLog(options =>
        {
            options.Directory = directory;
            options.AppendTimeout = TimeSpan.FromSeconds(30);
        });
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new BenchLog(host);
    }

    /// <summary>Appends until the time is over or so many records are written; gives how many, in what time, and milliseconds of each if asked.</summary>
    public async Task<(long Records, TimeSpan Time, List<double> Milliseconds)> AppendAsync(
        int writers, long most, TimeSpan? duration, CancellationToken cancellationToken)
    {
        var (watch, end) = (Stopwatch.StartNew(), Interlocked.Read(ref _next) + most);
        var first = Interlocked.Read(ref _next);
        var times = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            var own = new List<double>();
            while ((duration is null || watch.Elapsed < duration) && Interlocked.Increment(ref _next) - 1 is var number && number < end)
            {
                var started = Stopwatch.GetTimestamp();
                await _log.AppendAsync(GeneratedRecords.Make(number), cancellationToken);
                if (duration is not null)
                {
                    own.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }
            }

            return own;
        }, cancellationToken)));
        return (Math.Min(Interlocked.Read(ref _next), end) - first, watch.Elapsed, [.. times.SelectMany(own => own)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }
}
