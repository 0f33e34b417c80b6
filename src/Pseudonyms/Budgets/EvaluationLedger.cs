using Keten.Contracts.Identifiers;
using Microsoft.Extensions.Options;

namespace Keten.Pseudonyms.Budgets;

/// <summary>
/// The log of evaluations, one file of JSON lines a day: who, how many, under which key, when; never which. It is also the account of the budgets, so that
/// neither a restart nor a crash refills one. A line is on disk before anything is evaluated.
/// </summary>
internal sealed partial class EvaluationLedger : IDisposable
{
    private readonly EvaluatorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EvaluationLedger> _logger;
    private readonly FileStream _held;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _used = new(StringComparer.Ordinal);
    private FileStream? _file;
    private string _day = "";

    public EvaluationLedger(IOptions<EvaluatorOptions> options, TimeProvider time, ILogger<EvaluationLedger> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        try
        {
            Directory.CreateDirectory(_options.LogDirectory);
            _held = new FileStream(Path.Combine(_options.LogDirectory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"Evaluator:LogDirectory '{_options.LogDirectory}' cannot be used: {fault.Message} Another evaluator may have it open; give each a directory of its own that it may write.", fault);
        }

        lock (_gate)
        {
            Open(Today());
        }
    }

    /// <summary>Takes from the participant's budget of today and records it. False: the budget does not hold this many, and nothing was taken.</summary>
    /// <exception cref="IOException">It cannot be recorded: then nothing may be evaluated.</exception>
    public bool TryCharge(Oin participant, int count, string keyId)
    {
        var budget = BudgetOf(participant);
        long before;
        lock (_gate)
        {
            if (Today() is var today && (_file is null || today != _day))
            {
                Open(today);
            }

            before = _used.GetValueOrDefault(participant.Value);
            if (before + count > budget)
            {
                Log.Exhausted(_logger, participant.Value, before, count, budget);
                Instruments.BudgetRefused(participant);
                return false;
            }

            Append(new LedgerLine(_time.GetUtcNow(), participant.Value, keyId, count));
            _used[participant.Value] = before + count;
        }

        if (before < budget * _options.AlarmShare && before + count >= budget * _options.AlarmShare)
        {
            Log.NearlyExhausted(_logger, participant.Value, before + count, budget);
            Instruments.BudgetAlarm(participant);
        }

        return true;
    }

    /// <summary>True when the log is open, or can be opened again after a failure.</summary>
    public bool IsWritable()
    {
        lock (_gate)
        {
            try
            {
                if (_file is null)
                {
                    Open(Today());
                }

                return true;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }

        _held.Dispose();
    }

    private long BudgetOf(Oin participant) => _options.Budgets.TryGetValue(participant.Value, out var own) ? own : _options.DailyBudget;

    private string Today() => LedgerFile.Day(_time.GetUtcNow());

    private void Append(LedgerLine line)
    {
        try
        {
            _file!.Write(line.ToBytes());
            _file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // What is half written is cut off when the file is opened again, at the next call.
            Close();
            throw;
        }
    }

    private void Open(string day)
    {
        Close();
        var path = LedgerFile.Path(_options.LogDirectory, day);
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            _used.Clear();
            var lines = LedgerFile.Read(file, path, out var complete);
            foreach (var line in lines)
            {
                _used[line.Participant] = _used.GetValueOrDefault(line.Participant) + line.Count;
            }

            if (complete < file.Length)
            {
                // A torn last line was never evaluated.
                Log.Torn(_logger, path, file.Length - complete);
                file.SetLength(complete);
            }

            file.Position = complete;
        }
        catch
        {
            file.Dispose();
            throw;
        }

        (_file, _day) = (file, day);
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private static partial class Log
    {
        [LoggerMessage(8701, LogLevel.Error, "ALARM: participant {Participant} has used {Used} of its {Budget} evaluations for today. Ask it why, unless an import was announced.")]
        public static partial void NearlyExhausted(ILogger logger, string participant, long used, long budget);

        [LoggerMessage(8702, LogLevel.Error, "ALARM: participant {Participant} was refused: {Used} used, {Asked} asked, budget {Budget} evaluations a day.")]
        public static partial void Exhausted(ILogger logger, string participant, long used, int asked, long budget);

        [LoggerMessage(8703, LogLevel.Warning, "The last line of {Path} was torn by a crash and is cut off ({Bytes} bytes): it was not evaluated.")]
        public static partial void Torn(ILogger logger, string path, long bytes);
    }
}
