using System.Diagnostics;
using System.Net;
using Keten.Bench.Rig;
using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Pseudonyms.Budgets;
using Keten.TestKit;
using Keten.TestKit.Pki;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Pseudonyms.Tests;

public sealed class BudgetTests : IDisposable
{
    private static readonly Oin Someone = TestFederation.OinOf(4);
    private static readonly Oin Other = TestFederation.OinOf(5);

    private readonly string _directory = Directory.CreateTempSubdirectory("keten-ledger-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly LogBook _log = new();
    private readonly List<Process> _started = [];

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_participant_over_its_budget_is_refused_and_an_alarm_is_raised_before_and_then()
    {
        await using var evaluators = await TheEvaluators.StartAsync(("DailyBudget", "10"));
        var source = evaluators.Source();
        string[] bsns = [.. Some.Bsns().Take(8)];
        await source.EvaluateAsync(bsns, default);
        Assert.Equal(2, evaluators.Log.Lines.Count(l => l.Event.Id == 8701 && l.Level == LogLevel.Error));

        var failure = await Assert.ThrowsAsync<PseudonymException>(() => source.EvaluateAsync(bsns, default));
        Assert.Equal("PSEUDONYM_BUDGET_EXHAUSTED", failure.ReasonCode);
        Assert.Contains(evaluators.Log.Lines, l => l.Event.Id == 8702 && l.Level == LogLevel.Error);
        // What still fits is still given.
        Assert.Equal(2, (await source.EvaluateAsync(bsns[..2], default)).Count);
    }

    [Fact]
    public async Task A_budget_that_was_raised_for_an_import_is_that_participants_only()
    {
        await using var evaluators = await TheEvaluators.StartAsync(("DailyBudget", "1"), ($"Budgets:{TestFederation.OinOf(TheEvaluators.Wijkteam)}", "100"));
        Assert.Equal(50, (await evaluators.Source().EvaluateAsync([.. Some.Bsns().Take(50)], default)).Count);
    }

    [Fact]
    public async Task A_killed_evaluator_that_is_started_again_has_not_refilled_a_budget()
    {
        await using var evaluators = new TheEvaluators();
        evaluators.Publish([TheEvaluators.First], "k1");
        var port = LoopbackPort.Free();
        var first = await ProcessAsync(evaluators, port);
        var source = Source(evaluators, port);
        await source.EvaluateAsync([.. Some.Bsns().Take(9)], default);
        first.Kill();
        await first.WaitForExitAsync();

        var second = await ProcessAsync(evaluators, port);
        var failure = await Assert.ThrowsAsync<PseudonymException>(() => source.EvaluateAsync([Some.Bsn, Some.OtherBsn], default));
        Assert.Equal("PSEUDONYM_BUDGET_EXHAUSTED", failure.ReasonCode);
        Assert.Single(await source.EvaluateAsync([Some.Bsn], default));

        using var term = Process.Start("kill", ["-TERM", $"{second.Id}"]);
        await second.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, second.ExitCode);
    }

    [Fact]
    public void A_new_day_is_a_new_budget_and_a_clock_that_is_set_back_gives_none_twice()
    {
        using var ledger = Open(budget: 10);
        Assert.True(ledger.TryCharge(Someone, 10, "k1"));
        Assert.False(ledger.TryCharge(Someone, 1, "k1"));
        Assert.True(ledger.TryCharge(Other, 10, "k1"));

        _time.Advance(TimeSpan.FromDays(1));
        Assert.True(ledger.TryCharge(Someone, 10, "k1"));
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromDays(1));
        Assert.False(ledger.TryCharge(Someone, 1, "k1"));
    }

    [Fact]
    public void A_torn_last_line_is_cut_off_and_does_not_count()
    {
        using (var ledger = Open(budget: 10))
        {
            Assert.True(ledger.TryCharge(Someone, 4, "k1"));
        }

        var path = LedgerFile.Path(_directory, "2026-03-01");
        File.AppendAllText(path, """{"time":"2026-03-01T12:00:00+00:00","partic""");
        using (var ledger = Open(budget: 10))
        {
            Assert.Contains(_log.Lines, l => l.Event.Id == 8703);
            Assert.True(ledger.TryCharge(Someone, 6, "k1"));
            Assert.False(ledger.TryCharge(Someone, 1, "k1"));
        }

        Assert.Equal([4, 6], LedgerFile.Read(_directory, "2026-03-01").Select(l => l.Count));
    }

    [Fact]
    public void A_log_that_cannot_be_counted_stops_the_start_with_file_and_line()
    {
        using (var ledger = Open(budget: 10))
        {
            Assert.True(ledger.TryCharge(Someone, 4, "k1"));
        }

        File.AppendAllText(LedgerFile.Path(_directory, "2026-03-01"), "nothing\n");
        var failure = Assert.Throws<InvalidDataException>(() => Open(budget: 10));
        Assert.Contains("evaluations-2026-03-01.jsonl: line 2", failure.Message);
    }

    [Fact]
    public void Two_evaluators_cannot_count_in_one_directory()
    {
        using var ledger = Open(budget: 10);
        Assert.Contains("Evaluator:LogDirectory", Assert.Throws<InvalidOperationException>(() => Open(budget: 10)).Message);
    }

    [Fact]
    public void Many_at_once_get_together_no_more_than_the_budget()
    {
        using var ledger = Open(budget: 100);
        var given = 0;
        Parallel.For(0, 200, _ =>
        {
            if (ledger.TryCharge(Someone, 3, "k1"))
            {
                Interlocked.Add(ref given, 3);
            }
        });
        Assert.Equal(99, given);
        Assert.Equal(99, LedgerFile.Read(_directory, "2026-03-01").Sum(l => l.Count));
    }

    private EvaluationLedger Open(long budget) => new(
        Options.Create(new EvaluatorOptions { LogDirectory = _directory, DailyBudget = budget }), _time, new LoggerFactory([_log]).CreateLogger<EvaluationLedger>());

    private async Task<Process> ProcessAsync(TheEvaluators evaluators, int port)
    {
        var management = LoopbackPort.Free();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Keten.Pseudonyms.dll")])
        {
            // Not our own output: whoever reads that would wait for this process as well.
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (key, value) in evaluators.Settings(
            TheEvaluators.First, ("DailyBudget", "10"), ("Listen", $"127.0.0.1:{port}"), ("ManagementListen", $"127.0.0.1:{management}")))
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["Logging__LogLevel__Default"] = "None";
        var process = Process.Start(start)!;
        _started.Add(process);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        await Within.SecondsAsync(30, async () =>
        {
            Assert.False(process.HasExited, "the evaluator ended");
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{management}/healthz/ready"));
                return answer.StatusCode == HttpStatusCode.OK;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        }, "the evaluator to be ready");
        return process;
    }

    private static OprfPseudonymSource Source(TheEvaluators evaluators, int port)
    {
        var credentials = evaluators.Federation.Credentials(evaluators.IdentityOf(TheEvaluators.Wijkteam));
        return new OprfPseudonymSource(
            new PseudonymSourceOptions
            {
                KeysFile = evaluators.KeysFile, AllowSingleEvaluator = true,
                Evaluators = [new() { Address = new Uri($"https://127.0.0.1:{port}"), Oin = TestFederation.OinOf(TheEvaluators.First).Value }],
            },
            oin => credentials.CreateHandler(oin), TimeProvider.System, new LoggerFactory());
    }
}
