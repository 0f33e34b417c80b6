using Keten.Adapters.Sdk.Pseudonyms;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Tests.Involvement;

public sealed class DevelopmentPseudonymsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keten-pseudonyms-").FullName;

    [Fact]
    public async Task The_same_number_gives_the_same_pseudonym_under_the_same_key_and_another_under_another()
    {
        var (first, second) = (Make("a"), Make("b"));

        var once = await first.EvaluateAsync(["111222333", "123456782"], CancellationToken.None);
        var again = await first.EvaluateAsync(["123456782", "111222333"], CancellationToken.None);
        var elsewhere = await second.EvaluateAsync(["111222333"], CancellationToken.None);

        Assert.Equal(once, again.Reverse());
        Assert.NotEqual(once[0], elsewhere[0]);
        Assert.StartsWith("dev.", once[0].Value);
    }

    [Theory]
    [InlineData("111222334")]
    [InlineData("000000000")]
    [InlineData("11122233")]
    [InlineData("11122233x")]
    public async Task A_number_that_fails_the_elfproef_is_refused_and_is_not_in_the_message(string number)
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => Make("a").EvaluateAsync([number], CancellationToken.None));
        Assert.DoesNotContain(number, failure.Message);
    }

    [Fact]
    public async Task More_than_a_thousand_at_once_are_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(
            () => Make("a").EvaluateAsync([.. Enumerable.Repeat("111222333", 1_001)], CancellationToken.None));

    [Fact]
    public void They_must_be_switched_on_and_say_so()
    {
        var log = new Lines();
        Make("a", logger: log);
        Assert.Contains("DEVELOPMENT PSEUDONYMS", Assert.Single(log.Warnings));

        var off = new DevelopmentPseudonymOptions { KeyFile = Path.Combine(_directory, "a") };
        Assert.Contains("Enabled", Assert.Throws<InvalidOperationException>(
            () => new DevelopmentPseudonyms(Options.Create(off), NullLogger<DevelopmentPseudonyms>.Instance)).Message);
    }

    [Theory]
    [InlineData("too short", "c2hvcnQ=")]
    [InlineData("no base64", "%%%")]
    public void A_key_file_that_is_no_key_is_named_with_the_way_out(string name, string content)
    {
        File.WriteAllText(Path.Combine(_directory, name), content);
        var failure = Assert.Throws<InvalidOperationException>(() => Make(name));
        Assert.Contains(name, failure.Message);
        Assert.Contains("openssl rand", failure.Message);
        Assert.DoesNotContain(content, failure.Message);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private DevelopmentPseudonyms Make(string key, ILogger<DevelopmentPseudonyms>? logger = null)
    {
        var path = Path.Combine(_directory, key);
        if (!File.Exists(path))
        {
            DevelopmentPseudonyms.CreateKeyFile(path);
        }

        return new(Options.Create(new DevelopmentPseudonymOptions { Enabled = true, KeyFile = path }),
            logger ?? NullLogger<DevelopmentPseudonyms>.Instance);
    }

    private sealed class Lines : ILogger<DevelopmentPseudonyms>
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Warnings.Add(formatter(state, exception));
    }
}
