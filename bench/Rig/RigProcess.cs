using System.Diagnostics;

namespace Keten.Bench.Rig;

/// <summary>One process of the rig: started, killed without warning, started again with the same settings. What it says goes to a file.</summary>
public sealed class RigProcess : IDisposable
{
    private readonly string _program;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly string _logPath;
    private readonly Func<CancellationToken, Task<bool>> _isReady;
    private readonly Lock _gate = new();
    private Process? _process;

    /// <param name="name">For people.</param>
    /// <param name="program">Path of the program's dll.</param>
    /// <param name="settings">Environment.</param>
    /// <param name="logPath">File for its output, all lives one after the other.</param>
    /// <param name="isReady">Asks whether it works.</param>
    public RigProcess(string name, string program, IReadOnlyDictionary<string, string> settings, string logPath, Func<CancellationToken, Task<bool>> isReady)
    {
        Name = name;
        _program = program;
        _settings = settings;
        _logPath = logPath;
        _isReady = isReady;
    }

    public string Name { get; }

    /// <summary>Bytes in memory now; the most it ever had in this life. Zero when it does not run.</summary>
    public (long Now, long Peak) Memory
    {
        get
        {
            lock (_gate)
            {
                if (_process is not { HasExited: false } process)
                {
                    return (0, 0);
                }

                process.Refresh();
                return (process.WorkingSet64, process.PeakWorkingSet64);
            }
        }
    }

    /// <summary>Processor time of this life; zero when it does not run.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            lock (_gate)
            {
                return _process is { HasExited: false } process ? process.TotalProcessorTime : TimeSpan.Zero;
            }
        }
    }

    public void Start()
    {
        lock (_gate)
        {
            _process?.Dispose();
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add(_program);
            foreach (var (name, value) in _settings)
            {
                start.Environment[name] = value;
            }

            var process = _process = Process.Start(start) ?? throw new RigException($"{Name} could not be started");
            process.OutputDataReceived += Keep;
            process.ErrorDataReceived += Keep;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            if (_process is { HasExited: false } process)
            {
                process.Kill();
                process.WaitForExit();
            }
        }
    }

    /// <summary>Returns when it works.</summary>
    /// <exception cref="InvalidOperationException">It ended by itself, or does not work in time; with the last it said.</exception>
    public async Task ReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await _isReady(cancellationToken))
        {
            if (_process!.HasExited || waited.Elapsed > limit)
            {
                throw new RigException($"{Name} {(_process.HasExited ? "ended by itself" : $"is not ready within {limit.TotalSeconds:0} s")}. The last it said:\n{Tail()}");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        Kill();
        _process?.Dispose();
    }

    private string Tail()
    {
        lock (_logPath)
        {
            return File.Exists(_logPath) ? string.Join('\n', File.ReadLines(_logPath).TakeLast(20)) : "";
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is { } text)
        {
            lock (_logPath)
            {
                File.AppendAllText(_logPath, text + "\n");
            }
        }
    }
}
