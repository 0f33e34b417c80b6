namespace Keten.Gateway.Involvement.Delivery;

/// <summary>One message on its way to a topic.</summary>
/// <param name="lane">Parcels with the same lane are sent one after another.</param>
/// <param name="send">Completes when the message is with the broker; may be called again after a failure.</param>
internal sealed class Parcel(string lane, Func<CancellationToken, Task> send)
{
    private readonly TaskCompletionSource<bool> _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Lane => lane;

    /// <summary>True when it is with the broker; false when it was set aside for its topic is behind.</summary>
    public Task<bool> Arrived => _arrived.Task;

    public async Task SendAsync(CancellationToken cancellationToken)
    {
        await send(cancellationToken);
        _arrived.TrySetResult(true);
    }

    public void SetAside() => _arrived.TrySetResult(false);
}
