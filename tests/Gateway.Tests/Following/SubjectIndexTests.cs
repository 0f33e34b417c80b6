using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.DecisionLog.Tests;
using Keten.Gateway.Following;
using Keten.Gateway.Own;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Tests.Following;

/// <summary>Where in the log a person's records are: found without reading all of it, and found again when the file is gone.</summary>
public sealed class SubjectIndexTests
{
    private static readonly Pseudonym Noor = Pseudonym.Create("k1", [.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly Pseudonym Pim = Pseudonym.Create("k1", [.. Enumerable.Repeat((byte)2, 32)]);

    [Fact]
    public async Task Finds_a_persons_decisions_with_their_outcomes_and_nobody_elses()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(segmentBytes: 64 << 10);
        await using var running = await Running.StartAsync(log, temp);
        var (first, second) = (UuidV7.Create(TimeProvider.System.GetUtcNow()), UuidV7.Create(TimeProvider.System.GetUtcNow()));
        await AppendAsync(log, Decision(first, Noor), Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Pim), Outcome(first));
        for (var i = 0; i < 500; i++)
        {
            await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Pim));
        }

        await AppendAsync(log, Decision(second, Noor));
        await running.Index.CatchUpAsync(log.Durable, Limit());

        Assert.Equal([(0, 2L), (503, null)], running.Index.Find(Noor));
        Assert.Equal(501, running.Index.Find(Pim).Count);
        var records = PlacesReader.Read(temp.Directory, [503, 0, 2], CancellationToken.None);
        Assert.Equal((first, first, second), (records[0].Decision.DecisionId, records[2].Outcome.DecisionId, records[503].Decision.DecisionId));
        Assert.True(Directory.GetFiles(temp.Directory, "*.seg").Length > 1, "the records fit in one segment, so nothing was shown");
    }

    [Fact]
    public async Task A_question_beforehand_is_about_nobody()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync();
        await using var running = await Running.StartAsync(log, temp);
        var question = Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor);
        question.Decision.EnforcementPoint = "authzen";
        await AppendAsync(log, question);
        await running.Index.CatchUpAsync(log.Durable, Limit());
        Assert.Empty(running.Index.Find(Noor));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_restart_it_goes_on_and_what_was_thrown_away_is_made_again(bool thrownAway)
    {
        using var temp = new TempLog();
        await using (var log = await temp.OpenAsync())
        await using (var running = await Running.StartAsync(log, temp))
        {
            await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor));
            await running.Index.CatchUpAsync(log.Durable, Limit());
        }

        if (thrownAway)
        {
            Array.ForEach(Directory.GetFiles(temp.Directory, "subject-index.db*"), File.Delete);
        }

        await using var again = await temp.OpenAsync();
        await using var second = await Running.StartAsync(again, temp);
        await AppendAsync(again, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor));
        await second.Index.CatchUpAsync(again.Durable, Limit());
        Assert.Equal([0L, 1L], second.Index.Find(Noor).Select(p => p.Decision));
    }

    [Fact]
    public async Task Holds_no_pseudonym()
    {
        using var temp = new TempLog();
        await using (var log = await temp.OpenAsync())
        await using (var running = await Running.StartAsync(log, temp))
        {
            await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor));
            await running.Index.CatchUpAsync(log.Durable, Limit());
        }

        var written = Directory.GetFiles(temp.Directory, "subject-index.db*");
        Assert.NotEmpty(written);
        Assert.All(written, path => Assert.DoesNotContain(Noor.Value[3..], System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(path)), StringComparison.Ordinal));
    }

    private static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    private static async Task AppendAsync(SegmentedDecisionLog log, params LogRecord[] records)
    {
        foreach (var record in records)
        {
            await log.AppendAsync(record, TestContext.Current.CancellationToken);
        }
    }

    private static LogRecord Decision(string id, Pseudonym person) => new()
    {
        Decision = new DecisionRecord
        {
            DecisionId = id, EnforcementPoint = "gateway", Subject = person.Value, Purpose = "naw-hergebruik", Category = "naw", Action = "read",
            LegalBasis = { Enumerable.Range(0, 20).Select(i => $"een artikel van een wet, nummer {i}") },
        },
    };

    private static LogRecord Outcome(string id) => new() { Outcome = new OutcomeRecord { DecisionId = id } };

    private sealed class Running : IAsyncDisposable
    {
        private readonly DecisionLogFollower _follower;

        private Running(SubjectIndex index, DecisionLogFollower follower) => (Index, _follower) = (index, follower);

        public SubjectIndex Index { get; }

        public static async Task<Running> StartAsync(SegmentedDecisionLog log, TempLog temp)
        {
            var options = Options.Create(new DecisionLogOptions { Directory = temp.Directory });
            var index = new SubjectIndex(options);
            var follower = new DecisionLogFollower(log, options, index, TimeProvider.System, NullLogger<DecisionLogFollower>.Instance);
            await follower.StartAsync(CancellationToken.None);
            return new Running(index, follower);
        }

        public async ValueTask DisposeAsync()
        {
            await _follower.StopAsync(CancellationToken.None);
            _follower.Dispose();
            Index.Dispose();
        }
    }
}
