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
}
