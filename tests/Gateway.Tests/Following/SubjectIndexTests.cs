using System.Security.Cryptography;
using System.Text;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.DecisionLog.Retention;
using Keten.DecisionLog.Subjects;
using Keten.DecisionLog.Tests;
using Keten.Gateway.Following;
using Keten.Gateway.Own;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.Data.Sqlite;
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

    [Fact]
    public async Task Once_a_person_is_erased_no_pseudonym_leads_to_the_records()
    {
        using var temp = new TempLog();
        await using (var log = await temp.OpenAsync())
        await using (var running = await Running.StartAsync(log, temp))
        {
            await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor), Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Pim));
            await running.Index.CatchUpAsync(log.Durable, Limit());
            using var eraser = new SubjectEraser(
                log, Options.Create(new DecisionLogOptions { Directory = temp.Directory }), TimeProvider.System, NullLogger<SubjectEraser>.Instance);
            await eraser.EraseAsync(Noor, "officer-1", "AVG 17", force: true, TestContext.Current.CancellationToken);
            await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor));
            await running.Index.CatchUpAsync(log.Durable, Limit());

            // The one before is nobody's; a new one is found again.
            Assert.Equal([3L], running.Index.Find(Noor).Select(p => p.Decision));
            Assert.Equal([1L], running.Index.Find(Pim).Select(p => p.Decision));
        }

        Assert.False(HoldsHashOf(temp, Noor));
    }

    [Fact]
    public async Task A_file_of_the_former_version_that_knew_persons_by_hash_is_made_anew()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync();
        await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor));
        WriteDatabase(temp, $"""
            CREATE TABLE decision (subject BLOB NOT NULL, place INTEGER NOT NULL, decision_id BLOB NOT NULL, PRIMARY KEY (subject, place)) STRICT, WITHOUT ROWID;
            CREATE TABLE outcome (decision_id BLOB PRIMARY KEY, place INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TABLE position (id INTEGER PRIMARY KEY CHECK (id = 1), next INTEGER NOT NULL) STRICT;
            INSERT INTO position VALUES (1, 1);
            INSERT INTO decision VALUES (x'{Convert.ToHexString(HashOf(Noor))}', 0, x'00')
            """);
        Assert.True(HoldsHashOf(temp, Noor), "the former file has no hash, so nothing is shown");

        await using (var running = await Running.StartAsync(log, temp))
        {
            await running.Index.CatchUpAsync(log.Durable, Limit());
            Assert.Equal([0L], running.Index.Find(Noor).Select(p => p.Decision));
        }

        Assert.False(HoldsHashOf(temp, Noor));
    }

    [Fact]
    public async Task What_retention_took_from_the_log_goes_from_the_index()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(segmentBytes: 64 << 10);
        await using (var running = await Running.StartAsync(log, temp))
        {
            for (var i = 0; i < 200; i++)
            {
                var id = UuidV7.Create(TimeProvider.System.GetUtcNow());
                await AppendAsync(log, Decision(id, Noor), Outcome(id));
            }

            await running.Index.CatchUpAsync(log.Durable, Limit());
        }

        var kept = LogFiles.Segments(temp.Directory)[1].FirstIndex;
        RetiredNote.Write(temp.Directory, kept);
        KeptSegments.DeleteRetired(temp.Directory);

        await using var again = await Running.StartAsync(log, temp);
        await again.Index.CatchUpAsync(log.Durable, Limit());
        Assert.Equal((400 - kept) / 2, again.Index.Find(Noor).Count);
        Assert.All(again.Index.Find(Noor), found => Assert.True(found.Decision >= kept));
    }

    [Theory]
    [InlineData("no database")]
    [InlineData("position")]
    [InlineData("decision")]
    public async Task A_broken_file_is_made_again(string broken)
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync();
        await using (var running = await Running.StartAsync(log, temp))
        {
            await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor));
            await running.Index.CatchUpAsync(log.Durable, Limit());
        }

        Break(temp, broken);

        // That of the decisions is met by the next record only.
        await using var second = await Running.StartAsync(log, temp);
        await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor));
        await second.Index.CatchUpAsync(log.Durable, Limit());
        Assert.Equal([0L, 1L], second.Index.Find(Noor).Select(p => p.Decision));
    }

    [Fact]
    public async Task A_broken_file_that_a_question_meets_is_made_again_with_the_next_record()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync();
        await using (var running = await Running.StartAsync(log, temp))
        {
            await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor));
            await running.Index.CatchUpAsync(log.Durable, Limit());
        }

        Break(temp, "decision");
        await using var second = await Running.StartAsync(log, temp);
        await second.Index.CatchUpAsync(log.Durable, Limit());
        Assert.IsNotType<DecisionLogCorruptedException>(Assert.ThrowsAny<IOException>(() => second.Index.Find(Noor)));

        await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor));
        await second.Index.CatchUpAsync(log.Durable, Limit());
        Assert.Equal([0L, 1L], second.Index.Find(Noor).Select(p => p.Decision));
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_tried_until_it_can_and_meanwhile_no_question_is_answered()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync();
        await AppendAsync(log, Decision(UuidV7.Create(TimeProvider.System.GetUtcNow()), Noor));
        var inTheWay = Directory.CreateDirectory(Path.Combine(temp.Directory, "subject-index.db"));
        await using var running = await Running.StartAsync(log, temp);
        await Within.SecondsAsync(20, () => running.Logger.Events.Any(e => e.Id == 2010), "the follower to say that it tries again");
        Assert.ThrowsAny<IOException>(() => running.Index.Find(Noor));

        inTheWay.Delete();
        await running.Index.CatchUpAsync(log.Durable, Limit());
        Assert.Equal([0L], running.Index.Find(Noor).Select(p => p.Decision));
    }

    private static void Break(TempLog temp, string what)
    {
        var path = Path.Combine(temp.Directory, "subject-index.db");
        if (what == "no database")
        {
            File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)'x', 8192)]);
            return;
        }

        long page;
        using (var file = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            file.Open();
            using var command = file.CreateCommand();
            command.CommandText = "SELECT rootpage FROM sqlite_schema WHERE name = $table";
            command.Parameters.AddWithValue("$table", what);
            page = (long)command.ExecuteScalar()!;
        }

        using var bytes = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.Write(bytes, [.. Enumerable.Repeat((byte)0xFF, 4096)], (page - 1) * 4096);
    }

    private static byte[] HashOf(Pseudonym person) => SHA256.HashData(Encoding.UTF8.GetBytes(person.Value))[..16];

    private static bool HoldsHashOf(TempLog temp, Pseudonym person) =>
        Directory.GetFiles(temp.Directory, "subject-index.db*").Any(path => File.ReadAllBytes(path).AsSpan().IndexOf(HashOf(person)) >= 0);

    private static void WriteDatabase(TempLog temp, string script)
    {
        using var file = new SqliteConnection($"Data Source={Path.Combine(temp.Directory, "subject-index.db")};Pooling=False");
        file.Open();
        using var command = file.CreateCommand();
#pragma warning disable CA2100 // A script of this class.
        command.CommandText = script;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
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

        private Running(SubjectIndex index, DecisionLogFollower follower, RecordingLogger<DecisionLogFollower> logger) =>
            (Index, _follower, Logger) = (index, follower, logger);

        public RecordingLogger<DecisionLogFollower> Logger { get; }

        public SubjectIndex Index { get; }

        public static async Task<Running> StartAsync(SegmentedDecisionLog log, TempLog temp)
        {
            var options = Options.Create(new DecisionLogOptions { Directory = temp.Directory });
            var index = new SubjectIndex(log, options);
            var logger = new RecordingLogger<DecisionLogFollower>();
            var follower = new DecisionLogFollower(log, options, index, TimeProvider.System, logger);
            await follower.StartAsync(CancellationToken.None);
            return new Running(index, follower, logger);
        }

        public async ValueTask DisposeAsync()
        {
            await _follower.StopAsync(CancellationToken.None);
            _follower.Dispose();
            Index.Dispose();
        }
    }
}
