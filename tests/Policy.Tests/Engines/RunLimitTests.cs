namespace Keten.Policy.Tests.Engines;

public sealed class RunLimitTests
{
    private TimeSpan _used = TimeSpan.FromHours(3);

    [Fact]
    public void A_thread_that_gets_no_processor_is_not_stopped_however_long_it_waits()
    {
        var limit = new RunLimit(() => _used);
        limit.Begin();
        for (var look = 0; look < 10_000; look++)
        {
            Assert.Equal(RunLimit.EpochsBetweenLooks, limit.Look());
        }
    }

    [Fact]
    public void A_policy_that_uses_the_processor_is_stopped_and_the_next_evaluation_begins_anew()
    {
        var limit = new RunLimit(() => _used);
        limit.Begin();
        limit.Look();
        _used += RunLimit.Allowed - TimeSpan.FromMilliseconds(1);
        limit.Look();
        _used += TimeSpan.FromMilliseconds(1);
        Assert.Throws<PolicyUnavailableException>(() => limit.Look());

        limit.Begin();
        limit.Look();
    }
}
