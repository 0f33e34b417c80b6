using Keten.DecisionLog;
using Keten.Events;

namespace Keten.Gateway.Following;

/// <summary>
/// Publishes the decision log, record by record, so that what is cut off here is still known there. It is never ahead of the disk, and a broker that
/// is away only makes it wait.
/// </summary>
internal sealed class DecisionPublisher(DecisionStream stream) : IDecisionLogSubscriber, IDisposable
{
    /// <summary>How many may be on their way: enough to keep the producer busy, and what is sent again at most after a restart.</summary>
    private const int UnderWay = 1_000;

    private readonly SemaphoreSlim _room = new(UnderWay);

    /// <inheritdoc/>
    public string Name => "publication";

    /// <inheritdoc/>
    public async ValueTask<Task<bool>> TakeAsync(DurableRecord record, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        return SendAsync(record, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();

    private async Task<bool> SendAsync(DurableRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await stream.SendAsync(Topics.Decisions, EventTypes.DecisionRecorded, "application/protobuf", record.Index, null, record.Payload.ToArray(), cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            _room.Release();
        }
    }
}
