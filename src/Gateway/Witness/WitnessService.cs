using System.Threading.Channels;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Keten.Gateway.Following;
using Keten.Identity;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Witness;

/// <summary>
/// Has the latest checkpoint countersigned by every configured witness, all at once, an interval apart. A witness that is away holds up nothing.
/// </summary>
internal sealed partial class WitnessService(
    CheckpointSealer sealer, IOptions<CheckpointOptions> options, IOptions<DecisionLogOptions> log, IParticipantRegistry registry, FederationTrust trust,
    TimeProvider time, ILogger<WitnessService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Witnesses.Count == 0)
        {
            return;
        }

        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        void Wake() => wake.Writer.TryWrite(true);

        var witnesses = options.Value.Witnesses.Select(w => new WitnessRound(w, log.Value.Directory, registry, trust, time, logger)).ToList();
        sealer.Sealed += Wake;
        Wake();
        try
        {
            while (true)
            {
                await wake.Reader.ReadAsync(stoppingToken);
                if (await RoundAsync(witnesses, stoppingToken))
                {
                    await Task.Delay(options.Value.WitnessInterval, time, stoppingToken);
                }
            }
        }
        finally
        {
            sealer.Sealed -= Wake;
            witnesses.ForEach(witness => witness.Dispose());
        }
    }

    /// <summary>False: there is no checkpoint that not all have signed already.</summary>
    private async Task<bool> RoundAsync(List<WitnessRound> witnesses, CancellationToken cancellationToken)
    {
        if (sealer.Latest is not { } note || !Checkpoint.TryParse(note.Text, out var checkpoint) || checkpoint.Size == 0
            || note.Signatures.Count > witnesses.Count)
        {
            return false;
        }

        try
        {
            var signatures = (await Task.WhenAll(witnesses.Select(witness => witness.AskAsync(note, checkpoint, cancellationToken)))).OfType<NoteSignature>().ToList();
            if (signatures.Count > 0)
            {
                sealer.Keep(note.With(signatures));
            }
        }
        catch (IOException problem)
        {
            // A tile that cannot be read, or the disk: the log itself says more of it.
            Log.NotKept(logger, problem);
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(2044, LogLevel.Error, "The checkpoint could not be witnessed; it is tried again with the next")]
        public static partial void NotKept(ILogger logger, Exception exception);
    }
}
