using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Keten.Pseudonyms.Tests;

/// <summary>Everything that was logged.</summary>
internal sealed class LogBook : ILoggerProvider
{
    private readonly ConcurrentQueue<(EventId Event, LogLevel Level, string Text)> _lines = new();

    public IReadOnlyList<(EventId Event, LogLevel Level, string Text)> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Writer(_lines);

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Writer(ConcurrentQueue<(EventId Event, LogLevel Level, string Text)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((eventId, logLevel, formatter(state, exception) + exception));
    }
}
