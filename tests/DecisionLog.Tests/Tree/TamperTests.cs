using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Retention;
using Keten.DecisionLog.Tree;

namespace Keten.DecisionLog.Tests.Tree;

/// <summary>
/// Somebody changes a log behind the gateway's back. Everything is found, and named for what it is. The seed is printed, so that a failure can be
/// played again.
/// </summary>
public sealed class TamperTests
{
    private const int Records = 1_300;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finds_every_one_of_a_thousand_random_changes()
    {
        using var log = new SealedLog();
        await log.WriteAsync(Records, sealEach: 300);
        var files = Directory.GetFiles(log.Directory, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".seg", StringComparison.Ordinal) || f.Contains("/tile/", StringComparison.Ordinal) || f == log.CheckpointPath)
            .ToDictionary(f => f, File.ReadAllBytes);
        var partials = files.Keys.Where(f => f.Contains(".p/", StringComparison.Ordinal) && !IsCurrent(log, f)).ToHashSet(StringComparer.Ordinal);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var count = new Dictionary<string, int>(StringComparer.Ordinal);
        Assert.True(log.Verify().IsWhole);

        // By kind of file, so that the small ones get their share.
        string[][] kinds =
        [
            [.. files.Keys.Where(f => f.EndsWith(".seg", StringComparison.Ordinal))],
            [.. files.Keys.Where(f => f.Contains("/tile/", StringComparison.Ordinal) && !partials.Contains(f))],
            [log.CheckpointPath],
        ];
        for (var i = 0; i < 1_050; i++)
        {
            var kind = kinds[i % kinds.Length];
            var path = kind[random.Next(kind.Length)];
            var (name, changed) = Change(files[path], random, (i / kinds.Length) % 4);
            await File.WriteAllBytesAsync(path, changed, Token);
            var report = log.Verify();
            Assert.False(report.IsWhole, $"seed {seed}, step {i}: {name} in {path} was not found");
            var expected = kind == kinds[0] ? [LogDamage.Changed, LogDamage.TailCut, LogDamage.SegmentMissing, LogDamage.Reordered]
                : kind == kinds[1] ? new[] { LogDamage.TileChanged } : [LogDamage.CheckpointForged];
            Assert.True(report.Findings.All(f => expected.Contains(f.What)), $"seed {seed}, step {i}: {name} in {path} is named {string.Join(' ', report.Findings)}");
            await File.WriteAllBytesAsync(path, files[path], Token);
            var label = $"{name} in {(kind == kinds[0] ? "segment" : kind == kinds[1] ? "tile" : "checkpoint")}";
            count[label] = count.GetValueOrDefault(label) + 1;
        }

        Assert.True(log.Verify().IsWhole);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}; found {count.Values.Sum()} of {count.Values.Sum()}: {string.Join(", ", count.Select(c => $"{c.Value} {c.Key}"))}");
    }

    [Fact]
    public async Task Finds_every_rewritten_record_though_its_sums_are_right()
    {
        using var log = new SealedLog();
        await log.WriteAsync(Records);
        var entries = log.Entries();
        var random = new Random(7);
        for (var i = 0; i < 100; i++)
        {
            var entry = entries[random.Next(entries.Count)];
            var bytes = await File.ReadAllBytesAsync(entry.Segment, Token);
            await File.WriteAllBytesAsync(entry.Segment, Rewritten(bytes, entry), Token);

            var finding = Assert.Single(log.Verify().Findings);
            Assert.Equal((LogDamage.RecordRewritten, entry.Index, entry.Segment, entry.Offset), (finding.What, finding.Index!.Value, finding.File, finding.Offset!.Value));
            await File.WriteAllBytesAsync(entry.Segment, bytes, Token);
        }
    }

    [Fact]
    public async Task Finds_records_and_segments_that_changed_places()
    {
        using var log = new SealedLog();
        await log.WriteAsync(Records);
        var entries = log.Entries();
        for (var i = 0; i + 1 < entries.Count; i += 13)
        {
            var (one, two) = (entries[i], entries[i + 1]);
            if (one.Segment != two.Segment)
            {
                continue;
            }

            var bytes = await File.ReadAllBytesAsync(one.Segment, Token);
            var frame = bytes[(int)one.Offset..(int)two.Offset];
            var next = bytes[(int)two.Offset..(int)(two.Offset + 24 + two.Payload.Length)];
            byte[] swapped = [.. bytes[..(int)one.Offset], .. next, .. frame, .. bytes[((int)two.Offset + next.Length)..]];
            await File.WriteAllBytesAsync(one.Segment, swapped, Token);
            var finding = Assert.Single(log.Verify().Findings);
            Assert.Equal((LogDamage.Reordered, one.Index, one.Offset), (finding.What, finding.Index!.Value, finding.Offset!.Value));
            await File.WriteAllBytesAsync(one.Segment, bytes, Token);
        }

        var segments = entries.Select(e => e.Segment).Distinct().ToList();
        for (var i = 0; i + 1 < segments.Count; i++)
        {
            Swap(segments[i], segments[i + 1]);
            Assert.Equal(LogDamage.Reordered, Assert.Single(log.Verify().Findings).What);
            Swap(segments[i], segments[i + 1]);
        }

        Assert.True(log.Verify().IsWhole);
    }

    [Fact]
    public async Task Finds_a_tail_cut_off_with_everything_that_could_tell_of_it_here()
    {
        using var log = new SealedLog();
        await log.WriteAsync(400);
        var older = log.Copy("older");
        await log.WriteAsync(300, from: 400);

        // The older copy is whole by itself; only a checkpoint kept elsewhere tells.
        Assert.True(log.Verify(directory: older).IsWhole);
        var finding = Assert.Single(log.Verify(o => o with { Checkpoint = log.CheckpointPath }, older).Findings);
        Assert.Equal((LogDamage.TailCut, 400), (finding.What, finding.Index!.Value));

        // Or its own checkpoint, when only records and mark were put back.
        await File.WriteAllBytesAsync(Path.Combine(older, Checkpoint.FileName), await File.ReadAllBytesAsync(log.CheckpointPath, Token), Token);
        Assert.Equal((LogDamage.TailCut, 400), Assert.Single(log.Verify(directory: older).Findings) is var f ? (f.What, f.Index!.Value) : default);
    }

    [Fact]
    public async Task Finds_where_two_histories_part()
    {
        using var log = new SealedLog();
        await log.WriteAsync(500);
        var before = await File.ReadAllBytesAsync(log.CheckpointPath, Token);
        var copy = log.Copy("fork");
        await log.WriteAsync(100, from: 500);
        var entry = DecisionLogReader.ReadEntries(copy).First(e => e.Index == 321);
        await File.WriteAllBytesAsync(entry.Segment, Rewritten(await File.ReadAllBytesAsync(entry.Segment, Token), entry), Token);

        // Whoever has the key can make a tree over the other history; both look whole by themselves.
        Directory.Delete(Path.Combine(copy, "tile"), recursive: true);
        File.Delete(Path.Combine(copy, Checkpoint.FileName));
        File.Delete(Path.Combine(copy, LogSealer.PositionName));
        var sealer = LogSealer.Open(copy, log.Key, 500);
        DecisionLogReader.ReadEntries(copy).ToList().ForEach(e => sealer.Add(e.Payload.Span));
        sealer.Seal();
        Assert.True(log.Verify().IsWhole);
        Assert.True(log.Verify(directory: copy).IsWhole);

        var fork = Assert.Single(log.Verify(o => o with { Against = copy }).Findings);
        var there = log.Entries()[321];
        Assert.Equal((LogDamage.Fork, 321, there.Segment, there.Offset), (fork.What, fork.Index!.Value, fork.File, fork.Offset!.Value));
        Assert.Equal(LogDamage.Fork, Assert.Single(log.Verify(o => o with { Checkpoint = Path.Combine(copy, Checkpoint.FileName) }).Findings).What);

        // The checkpoint from before the rewriting is consistent with the true history only.
        var kept = Path.Combine(Path.GetDirectoryName(copy)!, "kept");
        await File.WriteAllBytesAsync(kept, before, Token);
        Assert.True(log.Verify(o => o with { Checkpoint = kept }).IsWhole);
        Assert.Equal(LogDamage.Fork, Assert.Single(log.Verify(o => o with { Checkpoint = kept }, copy).Findings).What);
    }

    [Fact]
    public async Task Finds_a_checkpoint_of_another_key_of_another_log_or_taken_away()
    {
        using var log = new SealedLog();
        await log.WriteAsync(20);
        Assert.True(SignedNote.TryParse(await File.ReadAllTextAsync(log.CheckpointPath, Token), out var note));
        Assert.True(Checkpoint.TryParse(note.Text, out var checkpoint));
        var forger = NoteSigningKey.Generate(log.Key.Verifier.Name);
        await File.WriteAllTextAsync(log.CheckpointPath, checkpoint.Sign(forger).ToString(), Token);
        Assert.Equal(LogDamage.CheckpointForged, Assert.Single(log.Verify().Findings).What);

        File.Delete(log.CheckpointPath);
        Assert.Equal(LogDamage.CheckpointForged, Assert.Single(log.Verify().Findings).What);
        Assert.Equal(LogDamage.CheckpointForged, Assert.Single(log.Verify(o => o with { Key = null }).Findings).What);

        using var other = new SealedLog();
        await other.WriteAsync(20);
        await File.WriteAllTextAsync(log.CheckpointPath, note.ToString(), Token);
        Assert.Contains(log.Verify(o => o with { Against = other.Directory }).Findings, f => f.What == LogDamage.OtherLog);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Finds_the_oldest_records_taken_away_with_a_note_that_says_retention_did(bool retiredBefore)
    {
        using var log = new SealedLog();
        await log.WriteAsync(Records);
        var segments = LogFiles.Segments(log.Directory);
        var allowed = retiredBefore ? await log.RetireAsync(segments[1].FirstIndex) : 0;
        var whole = log.Copy("whole");
        var first = segments[2].FirstIndex;
        LogFiles.Segments(log.Directory).Where(s => s.FirstIndex < first).ToList().ForEach(s => File.Delete(s.Path));
        RetiredNote.Write(log.Directory, first);

        // Nor does a record that says so help, as long as it is not under the checkpoint: anybody can write one.
        await log.RecordRetiredAsync(first);
        var finding = Assert.Single(log.Verify().Findings);
        Assert.Equal((LogDamage.SegmentMissing, allowed, LogFiles.SegmentPath(log.Directory, allowed)), (finding.What, finding.Index, finding.File));
        Assert.DoesNotContain(log.Verify().Remarks, remark => remark.Contains("removed by retention", StringComparison.Ordinal));

        var against = log.Verify(o => o with { Against = whole }).Findings;
        Assert.Contains(against, f => f.What == LogDamage.SegmentMissing && f.File == whole && f.Index == allowed);
    }

    [Fact]
    public async Task Finds_every_change_to_the_hashes_of_removed_records()
    {
        using var log = new SealedLog();
        await log.WriteAsync(Records);
        var first = await log.RetireAsync(LogFiles.Segments(log.Directory).Last(s => s.FirstIndex is > 600 and < 1_000).FirstIndex);
        Assert.Empty(log.Verify().Findings);
        for (var index = 0L; index < first; index += 37)
        {
            var tile = new Tile(0, index / Tile.Whole, Tile.Whole).Path;
            var path = Path.Combine(log.Directory, tile);
            var bytes = await File.ReadAllBytesAsync(path, Token);
            var changed = bytes.ToArray();
            changed[index % Tile.Whole * TreeHash.Size] ^= 1;
            await File.WriteAllBytesAsync(path, changed, Token);

            var finding = Assert.Single(log.Verify().Findings);
            Assert.Equal((LogDamage.TileChanged, index / Tile.Whole * Tile.Whole), (finding.What, finding.Index));
            Assert.Contains(tile, finding.Text, StringComparison.Ordinal);
            await File.WriteAllBytesAsync(path, bytes, Token);
        }

        File.Delete(Path.Combine(log.Directory, "tile/0/001"));
        Assert.Equal((LogDamage.TileChanged, 256), Assert.Single(log.Verify().Findings) is var gone ? (gone.What, gone.Index!.Value) : default);
    }

    [Fact]
    public async Task Finds_no_fault_in_a_checkpoint_kept_from_before_what_it_counts_was_removed()
    {
        using var log = new SealedLog();
        await log.WriteAsync(500);
        var kept = Path.Combine(log.Copy("kept"), Checkpoint.FileName);
        await log.WriteAsync(Records, from: 500);
        Assert.True(await log.RetireAsync() > 512);
        Assert.Empty(log.Verify(o => o with { Checkpoint = kept }).Findings);
    }

    [Fact]
    public async Task A_copy_from_before_retention_differs_in_nothing()
    {
        using var log = new SealedLog();
        await log.WriteAsync(Records);
        var before = log.Copy("before");
        await log.RetireAsync();
        Assert.Empty(log.Verify(o => o with { Against = before }).Findings);
        Assert.Empty(log.Verify(o => o with { Against = log.Directory }, before).Findings);
    }

    private static bool IsCurrent(SealedLog log, string path) => Tile.Edge(Records).Any(t => Path.Combine(log.Directory, t.Path) == path);

    private static (string Name, byte[] Bytes) Change(byte[] bytes, Random random, int how)
    {
        var changed = bytes.ToArray();
        if (how < 3)
        {
            changed[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            return ("bit flip", changed);
        }

        return ("cut", changed[..random.Next(bytes.Length)]);
    }

    /// <summary>The segment with one record changed and its sums made right again, as somebody who knows the format would.</summary>
    private static byte[] Rewritten(byte[] segment, DecisionLogEntry entry)
    {
        var bytes = segment.ToArray();
        var frame = bytes.AsSpan((int)entry.Offset, RecordFrame.Size);
        var payload = bytes.AsSpan((int)entry.Offset + RecordFrame.Size, entry.Payload.Length);
        var at = payload.IndexOf("wijkcoach"u8);
        "jongenscoa"u8[..9].CopyTo(payload[at..]);
        var stored = RecordFrame.Read(frame);
        RecordFrame.Begin(frame, stored.Length, Crc32C.Add(Crc32C.Start, payload));
        RecordFrame.Complete(frame, stored.Index, stored.Durable);
        return bytes;
    }

    private static void Swap(string one, string two)
    {
        File.Move(one, one + ".x");
        File.Move(two, one);
        File.Move(one + ".x", two);
    }
}
