using System.Collections.Concurrent;

namespace Keten.Gateway.Involvement.Delivery;

/// <summary>A mailbox for every topic that is written for one participant, so that a topic that cannot be written holds up nobody else.</summary>
internal sealed class Mailboxes(TimeProvider time, ILogger<Mailboxes> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, Lazy<(Mailbox Box, Task Run)>> _open = new(StringComparer.Ordinal);

    /// <summary>Puts a message in the topic's mailbox; the parcel tells when it arrived.</summary>
    /// <param name="topic">Where it goes.</param>
    /// <param name="lane">Messages with the same lane keep their order.</param>
    /// <param name="send">Completes when it is with the broker; called again after a failure.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    public async Task<Parcel> PostAsync(string topic, string lane, Func<CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        var parcel = new Parcel(lane, send);
        await _open.GetOrAdd(topic, t => new(() => Open(t))).Value.Box.PostAsync(parcel, cancellationToken);
        return parcel;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_open.Values.Select(o => o.Value.Run)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private (Mailbox Box, Task Run) Open(string topic)
    {
        var box = new Mailbox(topic, time, logger);
        return (box, Task.Run(() => box.RunAsync(_stopping.Token)));
    }
}
