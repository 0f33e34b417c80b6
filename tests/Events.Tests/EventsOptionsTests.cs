using Microsoft.Extensions.Logging;

namespace Keten.Events.Tests;

public sealed class EventsOptionsTests
{
    [Fact]
    public void All_faults_are_told_together_with_key_and_remedy()
    {
        var faults = new EventsOptions { CertificatePath = "/nowhere/c.pem", FetchWait = TimeSpan.Zero, SessionTimeout = TimeSpan.Zero }.Validate("Events");

        Assert.Equal(5, faults.Count);
        Assert.All(faults, f => Assert.Matches("^Events:.+: .+|^Events:.+give", f));
        Assert.Empty(new EventsOptions { BootstrapServers = "127.0.0.1:9092" }.Validate("Events"));
    }

    [Theory]
    [InlineData("kafka.example:9092", 1)]
    [InlineData("127.0.0.1:9092,10.0.0.1:9092", 1)]
    [InlineData("localhost.example:9092", 1)]
    [InlineData("PLAINTEXT://127.0.0.1:9092", 1)]
    [InlineData("127.0.0.1:9092, localhost:9093,", 0)]
    [InlineData("[::1]:9092", 0)]
    [InlineData("localhost", 0)]
    public void A_broker_on_another_host_is_refused_without_all_three_paths(string servers, int faults)
    {
        using var file = new TemporaryFile();
        Assert.Equal(faults, new EventsOptions { BootstrapServers = servers }.Validate("Events").Count(f => f.Contains("AllowPlaintext", StringComparison.Ordinal)));
        Assert.Equal(faults, new EventsOptions { BootstrapServers = servers, CertificateAuthorityPath = file.Path }.Validate("Events").Count);
        Assert.Equal(faults, new EventsOptions { BootstrapServers = servers, CertificatePath = file.Path, KeyPath = file.Path }.Validate("Events").Count);
        Assert.Empty(new EventsOptions { BootstrapServers = servers, CertificateAuthorityPath = file.Path, CertificatePath = file.Path, KeyPath = file.Path }.Validate("Events"));
        Assert.Empty(new EventsOptions { BootstrapServers = servers, AllowPlaintext = true }.Validate("Events"));
    }

    [Fact]
    public void A_broker_that_is_not_protected_is_warned_of_at_the_start_and_loopback_is_not()
    {
        var log = new Warnings();

        _ = new KafkaClients(new EventsOptions { BootstrapServers = "127.0.0.1:9092", AllowPlaintext = true }, log);
        Assert.Empty(log.Events);

        _ = new KafkaClients(new EventsOptions { BootstrapServers = "kafka.example:9092", AllowPlaintext = true }, log);
        Assert.Equal([6000], log.Events);
    }

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }

    private sealed class Warnings : ILogger<KafkaClients>
    {
        public List<int> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Events.Add(eventId.Id);
    }
}
