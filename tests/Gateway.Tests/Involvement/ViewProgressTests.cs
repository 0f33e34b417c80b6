using Confluent.Kafka;
using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Tests.Involvement;

public sealed class ViewProgressTests
{
    private readonly ViewProgress _progress = new();

    [Fact]
    public async Task Who_waits_is_told_when_the_record_was_taken_in()
    {
        var waiting = _progress.ReachedAsync(new Partition(1), new Offset(5), CancellationToken.None);
        _progress.Advance(new Partition(1), new Offset(4));
        _progress.Advance(new Partition(2), new Offset(5));
        Assert.False(waiting.IsCompleted);

        _progress.Advance(new Partition(1), new Offset(5));
        await waiting.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _progress.Waiting);
    }

    [Fact]
    public async Task Who_gives_up_is_forgotten()
    {
        using var limit = new CancellationTokenSource();
        var waiting = _progress.ReachedAsync(new Partition(1), new Offset(5), limit.Token);
        Assert.Equal(1, _progress.Waiting);

        await limit.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, _progress.Waiting);
    }
}
