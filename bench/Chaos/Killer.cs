using Keten.Bench.Rig;

namespace Keten.Bench.Chaos;

/// <summary>Kills a process without warning and starts it again, at random points: mostly at work, sometimes while it starts.</summary>
internal sealed class Killer(IReadOnlyList<RigProcess> processes, int kills, int seed)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private const int LongestPauseMs = 600;

    private int _done;

    public int Done => Volatile.Read(ref _done);

    public bool IsFinished => Done >= kills;

    public async Task RunAsync(Action<int> progress, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        while (!IsFinished)
        {
            await Task.Delay(random.Next(LongestPauseMs), cancellationToken);
            var process = processes[random.Next(processes.Count)];
            process.Kill();
            process.Start();
            progress(Interlocked.Increment(ref _done));
            if (random.Next(4) > 0)
            {
                await process.ReadyAsync(StartLimit, cancellationToken);
            }
        }

        await Task.WhenAll(processes.Select(process => process.ReadyAsync(StartLimit, cancellationToken)));
    }
}
