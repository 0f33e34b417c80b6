using System.Collections.Concurrent;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog.Subjects;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static Keten.DecisionLog.Tests.Subjects.SubjectSealTests;

namespace Keten.DecisionLog.Tests.Subjects;

public sealed class SubjectErasureTests
{
    private const string Officer = "privacy-officer-1";
    private const string Ground = "AVG 17.1.d, besluit 2026-14";
    private readonly TheDate _time = new(new DateTimeOffset(2026, 3, 2, 9, 30, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_an_erased_person_nothing_can_be_read_and_no_stored_byte_changes()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(time: _time);
        for (var i = 0; i < 10; i++)
        {
            await log.AppendAsync(About(i % 2, $"{i}"), Token);
        }

        var before = temp.Entries();
        var key = KeyOf(temp, before[0].Record.SubjectKey);
        Assert.True(Holds(temp, key), "the key was never in the files, so nothing is shown");

        Assert.Equal(1, (await EraseAsync(log, 0, force: true)).Keys);

        Assert.False(Holds(temp, key));
        var after = temp.Entries();
        Assert.All(before.Zip(after), pair => Assert.True(pair.First.Payload.Span.SequenceEqual(pair.Second.Payload.Span)));
        Assert.All(after.Take(10), entry => Assert.Equal(entry.Index % 2 == 1, entry.Record.Sealed.IsEmpty));
        Assert.All(after.Take(10).Where(entry => entry.Index % 2 == 0), entry => Assert.Equal(("", ""), (entry.Record.Decision.Subject, entry.Record.Decision.CaseReference)));
    }

    [Fact]
    public async Task The_erasure_is_on_the_log_without_the_pseudonym()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(time: _time);
        await log.AppendAsync(About(1, "d"), Token);
        await EraseAsync(log, 1, force: true);

        var entry = temp.Entries()[^1];
        var erased = entry.Record.SubjectErased;
        Assert.Equal(([1L], Officer, Ground, true, _time.GetUtcNow()), (erased.SubjectKeys, erased.ErasedBy, erased.Ground, erased.Forced, erased.ErasedAt.ToDateTimeOffset()));
        Assert.DoesNotContain(Person(1), erased.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_decision_about_the_same_person_gets_a_new_key_also_after_a_restart()
    {
        using var temp = new TempLog();
        await using (var log = await temp.OpenAsync(time: _time))
        {
            await log.AppendAsync(About(1, "before"), Token);
            await EraseAsync(log, 1, force: true);
            await log.AppendAsync(About(1, "after"), Token);
        }

        await AppendAsync(temp, About(1, "later"), About(2, "other"));
        var decisions = temp.Entries().Where(entry => entry.Record.Decision is not null).ToList();
        Assert.Equal([1, 2, 2, 3], decisions.Select(entry => entry.Record.SubjectKey).Order());
        Assert.Equal(["before"], decisions.Where(entry => !entry.Record.Sealed.IsEmpty).Select(entry => entry.Record.Decision.DecisionId));
    }

    [Fact]
    public async Task While_the_records_must_be_kept_it_is_refused_unless_forced()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(time: _time);
        await log.AppendAsync(About(1, "d"), Token);

        var refused = await EraseAsync(log, 1);
        Assert.Equal((0, new DateTimeOffset(2031, 4, 2, 0, 0, 0, TimeSpan.Zero)), (refused.Keys, refused.KeepUntil));
        Assert.Equal("", Sealed(temp));

        _time.SetUtcNow(refused.KeepUntil!.Value);
        Assert.Equal(new Erasure(1), await EraseAsync(log, 1));
        Assert.False(temp.Entries()[^1].Record.SubjectErased.Forced);
        Assert.Equal("d", Sealed(temp));
    }

    [Fact]
    public async Task The_term_counts_from_the_last_decision()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(time: _time);
        await log.AppendAsync(About(1, "first"), Token);
        _time.Advance(TimeSpan.FromDays(365));
        await log.AppendAsync(About(1, "last"), Token);
        Assert.Equal(new DateTimeOffset(2032, 4, 1, 0, 0, 0, TimeSpan.Zero), (await EraseAsync(log, 1)).KeepUntil);
    }

    [Fact]
    public async Task Of_whom_there_is_no_key_nothing_is_erased_or_written()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(time: _time);
        await log.AppendAsync(About(1, "d"), Token);
        Assert.Equal(new Erasure(0), await EraseAsync(log, 2, force: true));
        Assert.Single(temp.Entries());
    }

    [Fact]
    public async Task When_the_erasure_cannot_be_recorded_nothing_is_erased()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(time: _time);
        await log.AppendAsync(About(1, "d"), Token);
        using var eraser = EraserOf(log);
        await Assert.ThrowsAsync<BsnInRecordException>(() => eraser.EraseAsync(Pseudonym.Parse(Person(1)), Officer, "verzoek van 999990019", force: true, Token));

        await log.AppendAsync(About(1, "after"), Token);
        Assert.Equal([1, 1], temp.Entries().Select(entry => entry.Record.SubjectKey));
        Assert.Equal("", Sealed(temp));
    }

    [Fact]
    public async Task An_erasure_that_broke_off_after_its_record_is_completed_by_the_next()
    {
        using var temp = new TempLog();
        await using (var log = await temp.OpenAsync(time: _time))
        {
            await log.AppendAsync(About(1, "before"), Token);

            // What a gateway did that was killed between the two.
            log.Keys.Forget(Person(1));
            await log.AppendAsync(About(1, "meanwhile"), Token);
        }

        await using var again = await temp.OpenAsync(time: _time);
        Assert.Equal(2, (await EraseAsync(again, 1, force: true)).Keys);
        Assert.Equal("before meanwhile", Sealed(temp));
    }

    [Fact]
    public async Task Decisions_that_come_in_during_the_erasure_are_erased_with_it_or_can_be_read()
    {
        using var temp = new TempLog();
        var after = new ConcurrentQueue<string>();
        await using (var log = await temp.OpenAsync(time: _time, segmentBytes: 64 << 20))
        {
            for (var round = 0; round < 10; round++)
            {
                await log.AppendAsync(About(1, $"first {round}"), Token);
                using var stop = new CancellationTokenSource();
                var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
                {
                    for (var i = 0; !stop.IsCancellationRequested; i++)
                    {
                        await log.AppendAsync(About(1, $"{round}/{writer}/{i}"), Token);
                    }
                })).ToList();
                Assert.True((await EraseAsync(log, 1, force: true)).Keys > 0);
                await stop.CancelAsync();
                await Task.WhenAll(writers);
            }
        }

        var entries = temp.Entries();
        var erasures = entries.Where(entry => entry.Record.SubjectErased is not null).ToList();
        Assert.Equal(10, erasures.Count);
        var erasedAt = erasures.SelectMany(entry => entry.Record.SubjectErased.SubjectKeys.Select(key => (key, entry.Index))).ToDictionary();
        Assert.All(entries.Where(entry => entry.Record.Decision is not null), entry =>
        {
            var sealedAt = erasedAt.GetValueOrDefault(entry.Record.SubjectKey, long.MaxValue);
            Assert.True(entry.Index < sealedAt, $"record {entry.Index} came after the erasure of its key at {sealedAt}");
            Assert.Equal(sealedAt == long.MaxValue, entry.Record.Sealed.IsEmpty);
        });
    }

    private Task<Erasure> EraseAsync(SegmentedDecisionLog log, int person, bool force = false)
    {
        var eraser = EraserOf(log);
        return eraser.EraseAsync(Pseudonym.Parse(Person(person)), Officer, Ground, force, Token);
    }

    private SubjectEraser EraserOf(SegmentedDecisionLog log) =>
        new(log, Options.Create(new DecisionLogOptions()), _time, NullLogger<SubjectEraser>.Instance);

    private static string Sealed(TempLog temp) =>
        string.Join(' ', temp.Entries().Where(entry => !entry.Record.Sealed.IsEmpty).Select(entry => entry.Record.Decision.DecisionId));

    private static byte[] KeyOf(TempLog temp, long number)
    {
        using var file = SubjectKeyFile.TryOpenForReading(temp.Directory)!;
        var slot = new byte[SubjectSlot.Size];
        Assert.Equal(SlotState.Key, file.Read(number, slot));
        return SubjectSlot.Key(slot).ToArray();
    }

    private static bool Holds(TempLog temp, byte[] bytes) =>
        Directory.GetFiles(temp.Directory).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal))
            .Any(path => File.ReadAllBytes(path).AsSpan().IndexOf(bytes) >= 0);
}
