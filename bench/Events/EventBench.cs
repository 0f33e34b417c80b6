using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Keten.Bench.Rig;
using Keten.Protocol.V1;

namespace Keten.Bench.Events;

/// <summary>The involvement exchange measured through real processes: two adapters, one gateway, a broker.</summary>
public static class EventBench
{
    private const int SideBySide = 16;
    private const int WarmUp = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ByteString Facts = ByteString.CopyFromUtf8("""{"subject_age":9,"subject_informed":true,"risk_assessed":true}""");

    /// <summary>Starts everything, measures, stops everything.</summary>
    /// <exception cref="InvalidOperationException">Not everything arrived in time.</exception>
    public static async Task<EventBenchReport> RunAsync(EventBenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        progress($"a view of {options.Involvements} involvements");
        var rebuild = ViewBench.Rebuild(options.Involvements);
        progress("the matcher alone");
        var matcher = await MatcherProcess.RunAsync(cancellationToken);
        var persons = (int)(options.Rate * options.Duration.TotalSeconds) + WarmUp;
        progress($"starting with {persons} persons");
        await using var rig = await FederationRig.StartAsync([.. RigOrganisation.Four.Take(2)], persons, gateways: 1, cancellationToken);
        var (holder, viewer) = (rig.CaseSystems.Single(s => s.Organisation.Type == "wijkteam"), rig.CaseSystems.Single(s => s.Organisation.Type == "veilig-thuis"));
        var answered = 0;
        var heard = new ConcurrentDictionary<string, long>();
        viewer.Listen(notification =>
        {
            switch (notification.ContentCase)
            {
                case Notification.ContentOneofCase.Receipt:
                    Interlocked.Increment(ref answered);
                    break;
                case Notification.ContentOneofCase.Match:
                    heard.TryAdd(notification.Match.OwnInvolvementId, Stopwatch.GetTimestamp());
                    break;
            }
        });

        progress("as many reports as it takes");
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, persons), new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken },
            async (person, ct) => await viewer.ReportAsync(Report(viewer.Organisation, person), ct));
        await UntilAsync(() => Volatile.Read(ref answered) >= persons, "receipts", cancellationToken);
        var perSecond = persons / Stopwatch.GetElapsedTime(started).TotalSeconds;

        progress($"{options.Rate} reports a second for {options.Duration.TotalSeconds:0} s");
        await SendAsync(holder, Enumerable.Range(0, WarmUp), options.Rate, cancellationToken);
        var due = await SendAsync(holder, Enumerable.Range(WarmUp, persons - WarmUp), options.Rate, cancellationToken);
        await UntilAsync(() => heard.Count >= persons, "matches", cancellationToken);
        var milliseconds = due.Select(sent => Stopwatch.GetElapsedTime(sent.Value, heard[IdOf(viewer.Organisation, sent.Key)]).TotalMilliseconds);
        return new EventBenchReport
        {
            Rebuild = rebuild, Matcher = matcher,
            ReportsPerSecond = Math.Round(perSecond), Rate = options.Rate, Sent = due.Count, Heard = heard.Count - WarmUp, MatchMilliseconds = Latency.Of(milliseconds),
        };
    }

    // Open loop: each at its moment, whether or not the former was answered; the latency counts from that moment (coordinated omission).
    private static async Task<Dictionary<int, long>> SendAsync(RigCaseSystem system, IEnumerable<int> persons, int rate, CancellationToken cancellationToken)
    {
        var due = new Dictionary<int, long>();
        var sending = new List<Task>();
        var interval = Stopwatch.Frequency / rate;
        var next = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        foreach (var person in persons)
        {
            while (Stopwatch.GetTimestamp() < next)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }

            due[person] = next;
            next += interval;
            sending.Add(system.ReportAsync(Report(system.Organisation, person), cancellationToken));
        }

        await Task.WhenAll(sending);
        return due;
    }

    private static async Task UntilAsync(Func<bool> condition, string what, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            if (waited.Elapsed > Patience)
            {
                throw new RigException($"not all {what} arrived within {Patience.TotalSeconds:0} s");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static string IdOf(RigOrganisation organisation, int person) => string.Create(CultureInfo.InvariantCulture, $"{organisation.Type}-{person}");

    private static ReportInvolvementRequest Report(RigOrganisation organisation, int person) => new()
    {
        ClientId = string.Create(CultureInfo.InvariantCulture, $"c{person}"),
        Change = Change.Started,
        InvolvementId = IdOf(organisation, person),
        Purpose = "betrokkenheid-jeugd",
        Actor = "p7",
        ActorRole = organisation.Role,
        AssertedFacts = Facts,
        Involvement = new Involvement { ContactDesk = "meldpunt", ContactPhone = "010-1234567" },
    };
}
