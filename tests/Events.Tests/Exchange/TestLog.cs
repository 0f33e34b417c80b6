using Microsoft.Extensions.Logging;

namespace Keten.Events.Tests.Exchange;

/// <summary>Writes to the running test's output, so that a failure shows what an operator would see.</summary>
public sealed class TestLog(string host) : ILoggerProvider, ILogger
{
    // Taken now: threads of librdkafka know of no test.
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            _output?.WriteLine(
                $"{DateTime.UtcNow:HH:mm:ss.fff} {host} {logLevel} {eventId.Id} {formatter(state, exception)} {exception?.Message}");
        }
        catch (InvalidOperationException)
        {
            // The test is over; a thread of librdkafka is not quite.
        }
    }

    public void Dispose()
    {
    }
}
