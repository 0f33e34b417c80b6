using Keten.DecisionLog.Retention;
using Keten.DecisionLog.Subjects;
using Keten.DecisionLog.Tests.Tree;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static Keten.DecisionLog.Tests.Subjects.SubjectSealTests;

namespace Keten.DecisionLog.Tests.Retention;

public sealed class RetentionTests
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);
    private readonly TheDate _time = new(Begin);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Segments_past_retention_go_and_the_log_goes_on_with_what_is_kept()
    {
        using var temp = new TempLog();
        var kept = await WriteYearsAsync(temp, years: 3);

        Assert.Equal(kept[1] > 0 ? SegmentsBelow(temp, kept[1]) : 0, new SegmentRetirement(temp.Directory).Retire(Begin.AddDays(200)));

        Assert.Equal(kept[1], temp.Entries()[0].Index);
        Assert.Equal(kept[1], RetiredNote.Read(temp.Directory));
        Assert.Equal(temp.Entries()[5], DecisionLogReader.ReadEntries(temp.Directory, kept[1] + 5).First(), (left, right) => left!.Index == right!.Index);
        Assert.Equal(kept[1], DecisionLogReader.ReadEntries(temp.Directory, fromIndex: 3).First().Index);

        await AppendAsync(temp, About(1, "after"));
        Assert.Equal("after", temp.ReadIds()[^1]);
        Assert.Equal(kept[3], temp.Entries()[^1].Index);
    }

    [Fact]
    public async Task A_crash_between_the_note_and_the_deletion_is_finished_at_the_next_start()
    {
        using var temp = new TempLog();
        var kept = await WriteYearsAsync(temp, years: 2);
        RetiredNote.Write(temp.Directory, kept[1]);

        Assert.Equal(kept[1], temp.Entries()[0].Index);
        Assert.True(SegmentsBelow(temp, kept[1]) > 0);
        await AppendAsync(temp, About(1, "after"));
        Assert.Equal(0, SegmentsBelow(temp, kept[1]));
        Assert.Equal(kept[1], temp.Entries()[0].Index);
    }

    [Fact]
    public async Task What_is_missing_above_the_note_is_damage()
    {
        using var temp = new TempLog();
        var kept = await WriteYearsAsync(temp, years: 3);
        new SegmentRetirement(temp.Directory).Retire(Begin.AddDays(200));
        File.Delete(LogFiles.SegmentPath(temp.Directory, kept[1]));

        Assert.Equal(kept[1], Assert.Throws<DecisionLogCorruptedException>(() => temp.ReadIds()).Index);
        await Assert.ThrowsAsync<DecisionLogCorruptedException>(() => temp.OpenAsync());
    }

    [Fact]
    public async Task Without_its_note_a_log_that_begins_later_is_damage()
    {
        using var temp = new TempLog();
        await WriteYearsAsync(temp, years: 2);
        new SegmentRetirement(temp.Directory).Retire(Begin.AddDays(200));
        File.Delete(Path.Combine(temp.Directory, RetiredNote.Name));
        Assert.Equal(0, Assert.Throws<DecisionLogCorruptedException>(() => temp.ReadIds()).Index);
    }

    [Fact]
    public async Task The_segment_that_is_written_stays_however_old()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(3);
        Assert.Equal(0, new SegmentRetirement(temp.Directory).Retire(DateTimeOffset.MaxValue - TimeSpan.FromDays(2)));
        Assert.Equal(3, temp.ReadIds().Count);
    }

    [Fact]
    public async Task A_segment_with_one_record_that_is_young_enough_stays()
    {
        using var temp = new TempLog();
        var kept = await WriteYearsAsync(temp, years: 2);
        var first = temp.Entries()[0].Record.RecordedAt.ToDateTimeOffset();
        Assert.Equal(0, new SegmentRetirement(temp.Directory).Retire(first));
        Assert.True(kept[1] > 0);
    }

    [Fact]
    public async Task What_a_follower_has_not_done_stays()
    {
        using var temp = new TempLog();
        var kept = await WriteYearsAsync(temp, years: 3);
        using (var position = CountFile.Open(temp.Directory, "break-glass" + LogFiles.FollowerSuffix))
        {
            position.Write(kept[1] - 1);
        }

        new SegmentRetirement(temp.Directory).Retire(Begin.AddDays(900));
        Assert.InRange(temp.Entries()[0].Index, 0, kept[1] - 1);
    }

    [Fact]
    public async Task A_new_follower_begins_with_the_first_record_that_is_kept()
    {
        using var temp = new TempLog();
        var kept = await WriteYearsAsync(temp, years: 2);
        new SegmentRetirement(temp.Directory).Retire(Begin.AddDays(200));

        using var position = FollowerPosition.Open(temp.Directory, "new", durable: kept[2]);
        using var tail = new LogTail(temp.Directory);
        tail.Seek(position.Next);
        Assert.Equal((kept[1], kept[1]), (position.Next, tail.Read().Index));
    }

    [Fact]
    public async Task A_reader_in_the_middle_goes_on_with_what_is_kept()
    {
        using var temp = new TempLog();
        var kept = await WriteYearsAsync(temp, years: 3);
        using var reading = DecisionLogReader.ReadEntries(temp.Directory).GetEnumerator();
        Assert.True(reading.MoveNext());
        new SegmentRetirement(temp.Directory).Retire(Begin.AddDays(200));

        var last = 0L;
        while (reading.MoveNext())
        {
            Assert.True(reading.Current.Index > last);
            last = reading.Current.Index;
        }

        Assert.Equal(kept[3] - 1, last);
    }

    [Fact]
    public async Task A_quiet_log_begins_a_new_segment_after_a_month()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(time: _time);
        await log.AppendAsync(About(1, "0"), Token);
        _time.Advance(TimeSpan.FromDays(30));
        await log.AppendAsync(About(1, "1"), Token);
        _time.Advance(TimeSpan.FromDays(2));
        await log.AppendAsync(About(1, "2"), Token);
        Assert.Equal([0L, 2L], LogFiles.Segments(temp.Directory).Select(segment => segment.FirstIndex));
    }

    [Fact]
    public async Task After_five_years_the_job_deletes_segments_and_then_the_keys_of_those_in_no_record()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(time: _time);
        await log.AppendAsync(About(1, "once"), Token);
        await log.AppendAsync(About(2, "again and again"), Token);
        for (var month = 0; month < 61; month++)
        {
            _time.Advance(TimeSpan.FromDays(32));
            await log.AppendAsync(About(2, $"{month}"), Token);
        }

        var logger = new RecordingLogger<RetentionJob>();
        using var job = new RetentionJob(log, Options.Create(new DecisionLogOptions { Directory = temp.Directory }), _time, logger);
        await job.StartAsync(Token);
        await Within(() => logger.Events.Any(e => e.Id == 2071));
        await job.StopAsync(Token);

        Assert.Contains(logger.Events, e => e is { Id: 2070, Level: LogLevel.Information });
        Assert.Empty(log.Keys.Find(Person(1), out _));
        Assert.Single(log.Keys.Find(Person(2), out _));
        Assert.True(temp.Entries()[0].Index > 0);
        Assert.All(temp.Entries(), entry => Assert.True(entry.Record.Sealed.IsEmpty));
        Assert.True(temp.Entries()[0].Record.RecordedAt.ToDateTimeOffset() >= _time.GetUtcNow() - DecisionLogOptions.FiveYears - TimeSpan.FromDays(32));
    }

    [Fact]
    public async Task Nothing_is_deleted_before_a_checkpoint_says_that_it_goes()
    {
        using var sealedLog = new SealedLog();
        await sealedLog.WriteAsync(400);
        using var temp = new TempLog { Directory = sealedLog.Directory };
        await using (var log = await temp.OpenAsync(segmentBytes: 64 << 10, time: _time))
        {
            _time.SetUtcNow(DateTimeOffset.UtcNow.AddYears(6));
            var logger = new RecordingLogger<RetentionJob>();
            using var job = new RetentionJob(log, Options.Create(new DecisionLogOptions { Directory = temp.Directory }), _time, logger);
            await job.StartAsync(Token);
            await Within(() => log.Durable == 401);
            Assert.Equal((0, 401), (temp.Entries()[0].Index, temp.Entries().Count));
            Assert.Empty(logger.Events);

            sealedLog.Seal();
            await Within(() => logger.Events.Any(e => e.Id == 2070));
            await job.StopAsync(Token);
        }

        var said = temp.Entries()[^1].Record.RecordsRetired;
        Assert.Equal((temp.Entries()[0].Index, _time.GetUtcNow() - DecisionLogOptions.FiveYears), (said.FirstKept, said.OlderThan.ToDateTimeOffset()));
        var report = sealedLog.Verify();
        Assert.Empty(report.Findings);
        Assert.Equal(said.FirstKept, report.FirstIndex);
        Assert.Contains(report.Remarks, remark => remark.Contains($"Records 0 to {said.FirstKept - 1} were removed by retention", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_crash_between_the_record_and_the_deletion_it_is_recorded_and_done_again()
    {
        using var log = new SealedLog();
        await log.WriteAsync(400);
        var second = LogFiles.Segments(log.Directory)[1].FirstIndex;
        await log.RecordRetiredAsync(second);
        log.Seal();
        Assert.Equal((0, 0), (log.Verify().Findings.Count, (int)log.Verify().FirstIndex));

        await log.RetireAsync(second);
        Assert.Equal((0, second), (log.Verify().Findings.Count, log.Verify().FirstIndex));
        Assert.Equal(2, log.Entries().Count(entry => entry.Record.RecordsRetired is not null));

        // And once more, years later, when the records that say so go as well.
        await log.WriteAsync(400, from: 400);
        Assert.True(await log.RetireAsync() > 402);
        Assert.Empty(log.Verify().Findings);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task The_tree_verifies_over_what_is_kept_and_over_what_was_erased(long followed)
    {
        using var log = new SealedLog();
        await log.WriteAsync(400);

        // The border lies under a tile that is full, or under the last, which is not.
        using (var position = CountFile.Open(log.Directory, "break-glass" + LogFiles.FollowerSuffix))
        {
            position.Write(followed);
        }

        Assert.True(await log.RetireAsync() > 0);
        using (var keys = SubjectKeyStore.Open(log.Directory, 1, _time, NativeFile.SyncData))
        {
            keys.Destroy([1]);
        }

        var report = log.Verify();
        Assert.Empty(report.Findings);
        Assert.Equal((401, true), (report.Sealed, report.FirstIndex > 0));
        Assert.All(log.Entries().SkipLast(1), entry => Assert.False(entry.Record.Sealed.IsEmpty));

        // The log goes on, and so does the tree.
        await log.WriteAsync(5, from: 400);
        Assert.Equal((0, 406L), (log.Verify().Findings.Count, log.Verify().Sealed));
    }

    [Fact]
    public void Less_than_five_years_is_no_setting()
    {
        var fault = new DecisionLogOptionsValidator().Validate(null, new DecisionLogOptions { Directory = "x", Retention = TimeSpan.FromDays(365) });
        Assert.Contains("Gateway:DecisionLog:Retention", fault.FailureMessage, StringComparison.Ordinal);
    }

    // Some segments a year; returns the first index of each year, and of what follows the last.
    private async Task<List<long>> WriteYearsAsync(TempLog temp, int years)
    {
        var begins = new List<long> { 0 };
        await using var log = await temp.OpenAsync(segmentBytes: 64 << 10, time: _time);
        for (var year = 0; year < years; year++)
        {
            for (var i = 0; i < 150; i++)
            {
                await log.AppendAsync(About(i % 7, $"{year}/{i}"), Token);
            }

            begins.Add(begins[^1] + 150);
            _time.Advance(TimeSpan.FromDays(365));
        }

        return begins;
    }

    private static int SegmentsBelow(TempLog temp, long index) => LogFiles.Segments(temp.Directory).Count(segment => segment.FirstIndex < index);

    private static async Task Within(Func<bool> condition)
    {
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), "it did not happen within 30 seconds");
            await Task.Yield();
        }
    }
}
