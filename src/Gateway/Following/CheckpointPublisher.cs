using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Keten.DecisionLog.Checkpoints;
using Keten.Events;

namespace Keten.Gateway.Following;

/// <summary>
/// Publishes each new checkpoint, and again when witnesses signed it: with the records, for who audits them, and alone, for every participant to keep. It may come before the last of the
/// records it counts. While the broker is away only the latest waits.
/// </summary>
internal sealed class CheckpointPublisher(CheckpointSealer sealer, DecisionStream stream) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        void Wake() => wake.Writer.TryWrite(true);

        sealer.Sealed += Wake;
        Wake();
        try
        {
            while (true)
            {
                await wake.Reader.ReadAsync(stoppingToken);
                if (sealer.Latest is { } note && Checkpoint.TryParse(note.Text, out var checkpoint) && checkpoint.Size > 0)
                {
                    var text = Encoding.UTF8.GetBytes(note.ToString());
                    var digest = Convert.ToHexStringLower(SHA256.HashData(text));
                    await Task.WhenAll(new[] { Topics.Decisions, Topics.Checkpoints }.Select(topic =>
                        stream.SendAsync(topic, EventTypes.CheckpointSigned, "text/plain; charset=utf-8", checkpoint.Size, digest, text, stoppingToken)));
                }
            }
        }
        finally
        {
            sealer.Sealed -= Wake;
        }
    }
}
