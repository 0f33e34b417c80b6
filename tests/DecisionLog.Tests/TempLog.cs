using Keten.DecisionLog;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Keten.DecisionLog.Tests;

/// <summary>A directory for one log, real files, gone after the test.</summary>
internal sealed class TempLog : IDisposable
{
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("keten-log-").FullName;

    public TempLog() => Directory = Path.Combine(_root, "log");

    public string Directory { get; set; }

    public RecordingLogger<SegmentedDecisionLog> Logger { get; } = new();

    public string LastSegment => System.IO.Directory.GetFiles(Directory, "*.seg").Order(StringComparer.Ordinal).Last();

    public async Task<SegmentedDecisionLog> OpenAsync(
        long segmentBytes = 1 << 20, int maxPending = 20_000, TimeSpan? timeout = null, Action<SafeFileHandle>? sync = null, TimeProvider? time = null)
    {
        var options = new DecisionLogOptions
        {
            Directory = Directory, SegmentBytes = segmentBytes, MaxPending = maxPending, AppendTimeout = timeout ?? TimeSpan.FromSeconds(30),
        };
        var log = new SegmentedDecisionLog(options, time ?? TimeProvider.System, Logger, sync);
        await log.StartAsync(TestContext.Current.CancellationToken);
        return log;
    }

    public async Task WriteAsync(int count, int from = 0)
    {
        await using var log = await OpenAsync();
        for (var i = from; i < from + count; i++)
        {
            await log.AppendAsync(Some.Decision(i), TestContext.Current.CancellationToken);
        }
    }

    public List<string> ReadIds(Action<TornTail>? onTornTail = null) => [.. DecisionLogReader.Read(Directory, onTornTail).Select(Some.Id)];

    public List<DecisionLogEntry> Entries() => [.. DecisionLogReader.ReadEntries(Directory)];

    public void Dispose() => System.IO.Directory.Delete(_root, recursive: true);
}

/// <summary>Keeps what an operator would see.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly List<(LogLevel Level, int Id, string Text)> _events = [];

    public IReadOnlyList<(LogLevel Level, int Id, string Text)> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_events)
        {
            _events.Add((logLevel, eventId.Id, formatter(state, exception)));
        }
    }
}
