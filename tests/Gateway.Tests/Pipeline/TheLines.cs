using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Keten.Gateway.Tests.Pipeline;

/// <summary>Every line the gateway logged, behind its category; with a section of its own in the configuration.</summary>
[ProviderAlias("Lines")]
internal sealed class TheLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> All => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Writer(TheLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines._lines.Enqueue($"{category}: {formatter(state, exception)} {exception}");
    }
}
