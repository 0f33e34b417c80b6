using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Keten.Policy;

/// <summary>
/// How long one evaluation may run, in time of the processor and not of the clock: on a machine that is short of processors a thread may not be
/// scheduled for longer than any sound limit, and a crisis is no moment to refuse for that.
/// </summary>
internal sealed class RunLimit(Func<TimeSpan>? used = null)
{
    /// <summary>Epochs after which is looked for the first time; hardly an evaluation lasts so long, so that none pays for the looking.</summary>
    public const ulong EpochsBetweenLooks = 5;

    /// <summary>What an evaluation gets from the first look on.</summary>
    public static readonly TimeSpan Allowed = TimeSpan.FromMilliseconds(250);

    private readonly Func<TimeSpan> _used = used ?? UsedByThisThread;
    private TimeSpan? _firstLook;

    /// <summary>An evaluation begins.</summary>
    public void Begin() => _firstLook = null;

    /// <summary>Called on the evaluating thread while it evaluates.</summary>
    /// <returns>Epochs until the next look.</returns>
    /// <exception cref="PolicyUnavailableException">It ran too long.</exception>
    public ulong Look()
    {
        var now = _used();
        _firstLook ??= now;
        return now - _firstLook < Allowed ? EpochsBetweenLooks
            : throw new PolicyUnavailableException($"the policy ran too long: more than {Allowed.TotalMilliseconds} ms of processor time");
    }

    // .NET tells the time of a process only. Elsewhere the clock has to do, which is the stricter of the two.
    private static TimeSpan UsedByThisThread() =>
        OperatingSystem.IsLinux() && ReadClock(ThreadProcessorTime, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000)
            : Stopwatch.GetElapsedTime(0);

    private const int ThreadProcessorTime = 3;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReadClock(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
