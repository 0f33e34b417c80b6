using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Tests.Hosting;

/// <summary>Everything the process wrote to its log, exceptions included.</summary>
internal sealed class TheLogBook : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, int Id, string Category, string Text)> _lines = new();

    public IReadOnlyList<(LogLevel Level, int Id, string Category, string Text)> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Writer(TheLogBook book, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            book._lines.Enqueue((logLevel, eventId.Id, category, formatter(state, exception) + exception));
    }
}
