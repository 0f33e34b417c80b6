using System.Threading.Channels;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Following;

/// <summary>
/// Lays the Merkle tree over this gateway's own log while it grows, and signs a checkpoint at least once an interval. It follows what is durable and
/// stands in nobody's way: an append knows nothing of it. A log that contradicts its own last checkpoint stops the start.
/// </summary>
internal sealed partial class CheckpointSealer(
    SegmentedDecisionLog log, IOptions<DecisionLogOptions> logOptions, IOptions<CheckpointOptions> options, TimeProvider time,
    ILogger<CheckpointSealer> logger) : BackgroundService
{
    /// <summary>Most records under one checkpoint more than the one before: bounds what is kept in memory while a long log is caught up with.</summary>
    private const int MostAtOnce = 1 << 16;

    private readonly string _directory = logOptions.Value.Directory;
    private readonly Lock _gate = new();
    private LogSealer? _sealer;
    private LogTail? _tail;
    private bool _failing;

    /// <summary>There is a new checkpoint, or one with more signatures. Raised by the thread that wrote it: a handler only wakes somebody.</summary>
    public event Action? Sealed;

    /// <summary>The latest checkpoint as it is on disk; null before the first.</summary>
    public SignedNote? Latest
    {
        get
        {
            lock (_gate)
            {
                return _sealer?.Note;
            }
        }
    }

    /// <summary>Records that are under the latest checkpoint.</summary>
    public long SealedRecords
    {
        get
        {
            lock (_gate)
            {
                return _sealer?.Sealed ?? 0;
            }
        }
    }

    /// <summary>Reads the key and the tree there is.</summary>
    /// <exception cref="NoteKeyException">The key cannot be used.</exception>
    /// <exception cref="DecisionLogCorruptedException">The log contradicts its own checkpoint.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var key = NoteSigningKey.Load(options.Value.SigningKey);
        if (key.Verifier.Type != NoteKeyType.Log)
        {
            throw new NoteKeyException($"{options.Value.SigningKey} is a witness's key; a log has a key of its own: keten log key new --name NAME --out FILE");
        }

        _sealer = LogSealer.Open(_directory, key, log.Durable);
        if (_sealer.Healed is { } fault)
        {
            Log.TilesMadeAgain(logger, _sealer.Sealed, fault);
        }

        Log.Opened(logger, key.Verifier.ToString(), _sealer.Sealed);
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Keeps the signatures of witnesses with the checkpoint they are of.</summary>
    /// <exception cref="IOException">The disk.</exception>
    public void Keep(SignedNote cosigned)
    {
        lock (_gate)
        {
            _sealer!.Keep(cosigned);
        }

        Sealed?.Invoke();
    }

    /// <summary>What came in with the last requests is sealed before the gateway goes.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (ExecuteTask is not { IsFaulted: true } && _sealer is not null)
        {
            SealWhatIsNew(cancellationToken);
        }

        _tail?.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // One token stands for any number of appends.
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        void Wake() => wake.Writer.TryWrite(true);

        log.Appended += Wake;
        Wake();
        try
        {
            while (true)
            {
                await wake.Reader.ReadAsync(stoppingToken);
                if (!SealWhatIsNew(stoppingToken))
                {
                    Wake();
                }

                await Task.Delay(options.Value.CheckpointInterval, time, stoppingToken);
            }
        }
        catch (DecisionLogCorruptedException problem)
        {
            Log.Stopped(logger, problem);
            throw;
        }
        finally
        {
            log.Appended -= Wake;
        }
    }

    /// <summary>False: the disk did not do it, and it is to be tried again.</summary>
    private bool SealWhatIsNew(CancellationToken cancellationToken)
    {
        try
        {
            while (SealSome() && !cancellationToken.IsCancellationRequested)
            {
            }

            if (_failing)
            {
                _failing = false;
                Log.Recovered(logger, SealedRecords);
            }

            return true;
        }
        catch (IOException problem) when (problem is not DecisionLogCorruptedException)
        {
            // Decisions go on: their records are durable, and what is not sealed yet is sealed then.
            _tail?.Dispose();
            _tail = null;
            if (!_failing)
            {
                _failing = true;
                Log.NotWritten(logger, problem);
            }

            return false;
        }
    }

    /// <summary>One checkpoint further; false when there was nothing new.</summary>
    private bool SealSome()
    {
        lock (_gate)
        {
            var durable = log.Durable;
            if (durable == _sealer!.Sealed)
            {
                return false;
            }

            var until = Math.Min(durable, _sealer.Sealed + MostAtOnce);
            if (_tail is null && _sealer.Size < until)
            {
                _tail = new LogTail(_directory);
                _tail.Seek(_sealer.Size);
            }

            _tail?.Refresh();
            while (_sealer.Size < until)
            {
                _sealer.Add(_tail!.Read().Payload.Span);
            }

            _sealer.Seal();
        }

        Sealed?.Invoke();
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(2050, LogLevel.Information, "Checkpoints are signed with {VerifierKey}; {Count} records are under one. Keep this key elsewhere, for keten log verify --key")]
        public static partial void Opened(ILogger logger, string verifierKey, long count);

        [LoggerMessage(2051, LogLevel.Warning, "The tiles over {Count} records were made again, and have the root of the checkpoint: {Fault}")]
        public static partial void TilesMadeAgain(ILogger logger, long count, string fault);

        [LoggerMessage(2052, LogLevel.Error, "No checkpoint can be written; it is tried again, and decisions go on")]
        public static partial void NotWritten(ILogger logger, Exception exception);

        [LoggerMessage(2053, LogLevel.Warning, "Checkpoints are written again, up to record {Count}")]
        public static partial void Recovered(ILogger logger, long count);

        [LoggerMessage(2054, LogLevel.Critical, "The decision log is damaged, so this gateway stops: what it signed before would not hold")]
        public static partial void Stopped(ILogger logger, Exception exception);
    }
}
