using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Retention;
using Keten.DecisionLog.Tests.Retention;
using Keten.DecisionLog.Tree;

namespace Keten.DecisionLog.Tests.Tree;

public sealed class LogSealerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(700)]
    public async Task Seals_what_the_records_say_in_the_files_of_the_specification(int count)
    {
        using var log = new SealedLog();
        await log.WriteAsync(count, sealEach: 100);

        var leaves = log.Entries().Select(e => e.Payload.ToArray()).ToArray();
        Assert.True(SignedNote.TryParse(await File.ReadAllTextAsync(log.CheckpointPath, Token), out var note));
        Assert.Equal(NoteVerdict.Signed, note.JudgedBy(log.Key.Verifier));
        Assert.True(Checkpoint.TryParse(note.Text, out var checkpoint));
        Assert.Equal((log.Key.Verifier.Name, count, TreeHash.Read(NaiveTree.Root(leaves))), (checkpoint.Origin, checkpoint.Size, checkpoint.Root));
        foreach (var tile in Tile.Edge(count))
        {
            Assert.Equal(tile.Width * 32, new FileInfo(Path.Combine(log.Directory, tile.Path)).Length);
        }

        if (count >= 256)
        {
            Assert.Equal(256 * 32, new FileInfo(Path.Combine(log.Directory, "tile/0/000")).Length);
            Assert.False(Directory.Exists(Path.Combine(log.Directory, "tile/0/000.p")));
        }

        Assert.True(log.Verify() is { IsWhole: true, Records: var records } && records == count);
    }

    [Fact]
    public async Task Goes_on_after_a_restart_and_every_proof_holds()
    {
        using var log = new SealedLog();
        for (var from = 0; from < 600; from += 150)
        {
            await log.WriteAsync(150, from, sealEach: 40);
        }

        Assert.True(Checkpoint.TryParse(log.Seal().Note!.Text, out var checkpoint));
        var tree = new TileTree(log.Directory, checkpoint.Size);
        var leaves = log.Entries().Select(e => e.Payload.ToArray()).ToArray();
        for (var index = 0; index < leaves.Length; index += 7)
        {
            Assert.True(MerkleProofs.ProvesInclusion(
                TreeHash.Leaf(leaves[index]), index, checkpoint.Size, checkpoint.Root, MerkleProofs.Inclusion(tree, index, checkpoint.Size)));
            var old = index + 1;
            Assert.True(MerkleProofs.ProvesConsistency(
                old, TreeHash.Read(NaiveTree.Root(leaves.AsSpan(0, old))), checkpoint.Size, checkpoint.Root, MerkleProofs.Consistency(tree, old, checkpoint.Size)));
        }
    }

    [Fact]
    public async Task A_crash_between_any_two_writes_is_healed_at_the_next_start()
    {
        using var log = new SealedLog();
        await log.WriteAsync(500, sealEach: 90);
        var early = log.Copy("early");
        await log.WriteAsync(300, from: 500);
        var late = Directory.GetFiles(log.Directory, "*", SearchOption.AllDirectories);

        // A crash leaves some of the new files, in any order, and the old checkpoint: tiles come before it. What was there before stays.
        foreach (var missing in late.Where(f => f.Contains("/tile/", StringComparison.Ordinal) && !File.Exists(Path.Combine(early, Path.GetRelativePath(log.Directory, f)))))
        {
            var copy = log.Copy("crashed");
            File.Copy(Path.Combine(early, Checkpoint.FileName), Path.Combine(copy, Checkpoint.FileName), overwrite: true);
            File.Delete(Path.Combine(copy, Path.GetRelativePath(log.Directory, missing)));
            Resume(log, copy);
            var report = log.Verify(directory: copy);
            Assert.True(report.IsWhole, $"{missing}: {string.Join(' ', report.Findings)}");
            Assert.Equal(800, report.Sealed);
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public async Task Lost_tiles_are_made_again_from_the_records_and_must_have_the_root()
    {
        using var log = new SealedLog();
        await log.WriteAsync(600);
        Directory.Delete(Path.Combine(log.Directory, "tile"), recursive: true);
        Assert.NotNull(log.Seal().Healed);
        Assert.True(log.Verify().IsWhole);
        Assert.Null(log.Seal().Healed);
    }

    [Fact]
    public async Task A_log_that_contradicts_its_own_checkpoint_is_not_continued()
    {
        using var log = new SealedLog();
        await log.WriteAsync(500);
        var newer = await File.ReadAllBytesAsync(log.CheckpointPath, Token);

        using var other = new SealedLog();
        await other.WriteAsync(300);
        await File.WriteAllBytesAsync(other.CheckpointPath, newer, Token);
        var foreign = Assert.Throws<DecisionLogCorruptedException>(() => other.Seal());
        Assert.Contains("not signed by this log's key", foreign.Message, StringComparison.Ordinal);

        var sealer = Assert.Throws<DecisionLogCorruptedException>(() => LogSealer.Open(log.Directory, log.Key, durable: 499));
        Assert.Contains("counts 500 records, and 499 are here", sealer.Message, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(log.CheckpointPath, SignedNote.Utf8.GetBytes(new Checkpoint(log.Key.Verifier.Name, 400, TreeHash.Leaf([1])).Sign(log.Key).ToString()), Token);
        var root = Assert.Throws<DecisionLogCorruptedException>(() => log.Seal());
        Assert.Contains("do not have the root", root.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_whose_checkpoint_was_taken_away_is_not_signed_as_a_new_one()
    {
        using var log = new SealedLog();
        var sealer = await log.WriteAsync(600);
        var checkpoint = await File.ReadAllBytesAsync(log.CheckpointPath, Token);
        sealer.Keep(sealer.Note!.With(NoteSigningKey.Generate("w.example", NoteKeyType.Witness).Sign(sealer.Note.Text, DateTimeOffset.UnixEpoch)));
        var witnessed = Path.Combine(log.Directory, Checkpoint.WitnessedFileName);
        var position = Path.Combine(log.Directory, LogSealer.PositionName);
        File.Delete(log.CheckpointPath);
        Assert.Contains("'tree.follower' says that it counted 600 records", Refusal(log), StringComparison.Ordinal);

        File.Delete(position);
        Assert.Contains("'checkpoint.witnessed' is one that witnesses signed", Refusal(log), StringComparison.Ordinal);
        Assert.False(File.Exists(log.CheckpointPath) || File.Exists(position));

        // The last sign: tiles of other records than those that are here, or of more.
        File.Delete(witnessed);
        var tile = Path.Combine(log.Directory, "tile/0/001");
        var bytes = await File.ReadAllBytesAsync(tile, Token);
        bytes[5] ^= 1;
        await File.WriteAllBytesAsync(tile, bytes, Token);
        Assert.Contains("'tile/0/001' is not of the records that are here", Refusal(log), StringComparison.Ordinal);
        bytes[5] ^= 1;
        await File.WriteAllBytesAsync(tile, bytes, Token);
        Assert.Contains("'tile/0/002.p/88' is not of the records", Assert.Throws<DecisionLogCorruptedException>(() => LogSealer.Open(log.Directory, log.Key, durable: 599)).Message, StringComparison.Ordinal);

        Assert.Contains("'tile/0/000' is not of the records", Assert.Throws<DecisionLogCorruptedException>(() => LogSealer.Open(log.Directory, log.Key, durable: 0)).Message, StringComparison.Ordinal);

        // The way out it names.
        await File.WriteAllBytesAsync(log.CheckpointPath, checkpoint, Token);
        await log.WriteAsync(10, from: 600);
        Assert.Equal((true, 610L), (log.Verify().IsWhole, log.Verify().Sealed));

        // Also when the one put back is older than the last.
        await File.WriteAllBytesAsync(log.CheckpointPath, checkpoint, Token);
        log.Seal();
        Assert.Equal((true, 610L), (log.Verify().IsWhole, log.Verify().Sealed));

        // Of records that are gone nothing could be signed.
        var first = await log.RetireAsync();
        File.Delete(log.CheckpointPath);
        File.Delete(position);
        Assert.Contains($"record {first}: the log's own checkpoint is missing, and retention", Refusal(log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_between_the_first_tile_and_the_first_checkpoint_stops_no_start()
    {
        using var log = new SealedLog();
        await log.WriteAsync(600);
        var tiles = Directory.GetFiles(log.Directory, "*", SearchOption.AllDirectories).Where(f => f.Contains("/tile/", StringComparison.Ordinal)).ToList();
        foreach (var missing in tiles.Append(""))
        {
            // No checkpoint yet, position 0 or none yet, and not every tile; more records came before the crash.
            var crashed = log.Copy("crashed");
            File.Delete(Path.Combine(crashed, Checkpoint.FileName));
            File.Delete(Path.Combine(crashed, LogSealer.PositionName));
            File.Delete(Path.Combine(crashed, Path.GetRelativePath(log.Directory, missing.Length > 0 ? missing : log.CheckpointPath)));
            Resume(log, crashed);
            Assert.Empty(log.Verify(directory: crashed).Findings);
            Directory.Delete(crashed, recursive: true);
        }
    }

    [Fact]
    public async Task What_witnesses_signed_stands_in_the_checkpoint_while_it_is_that_one_and_beside_it_for_ever()
    {
        using var log = new SealedLog();
        var witness = NoteSigningKey.Generate("w.example", NoteKeyType.Witness);
        var sealer = await log.WriteAsync(10);
        var cosigned = sealer.Note!.With(witness.Sign(sealer.Note.Text, DateTimeOffset.UnixEpoch));
        sealer.Keep(cosigned);
        Assert.Equal(cosigned.ToString(), await File.ReadAllTextAsync(log.CheckpointPath, Token));

        await log.WriteAsync(10, from: 10);
        Assert.Equal(cosigned.ToString(), await File.ReadAllTextAsync(Path.Combine(log.Directory, Checkpoint.WitnessedFileName), Token));
        Assert.True(log.Verify(o => o with { Witnesses = [witness.Verifier] }).IsWhole);
        var unknown = NoteSigningKey.Generate("u.example", NoteKeyType.Witness).Verifier;
        Assert.Equal(LogDamage.NotWitnessed, Assert.Single(log.Verify(o => o with { Witnesses = [unknown] }).Findings).What);
    }

    [Fact]
    public async Task Records_past_retention_live_on_in_the_tree()
    {
        using var log = new SealedLog();
        await log.WriteAsync(700, sealEach: 100);
        var first = log.Entries().Select(e => e.Segment).Distinct().ElementAt(2);
        var kept = log.Entries().First(e => e.Segment == first).Index;
        await log.RetireAsync(kept);

        var report = log.Verify();
        Assert.True(report.IsWhole, string.Join(' ', report.Findings));
        Assert.Equal((kept, 701L), (report.FirstIndex, report.Sealed));

        // It goes on, and is made again where only the edge was lost; what held removed records must have the root.
        File.Delete(Path.Combine(log.Directory, Tile.Edge(701).Last().Path));
        Assert.NotNull(log.Seal().Healed);
        await log.WriteAsync(100, from: 700);
        Assert.True(log.Verify().IsWhole);
        Assert.Null(RecordProof.Make(log.Directory, log.Entries()[^1]).FaultBy(log.Key.Verifier));

        var bytes = await File.ReadAllBytesAsync(Path.Combine(log.Directory, "tile/0/000"), Token);
        bytes[3] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(log.Directory, "tile/0/000"), bytes, Token);
        Directory.Delete(Path.Combine(log.Directory, "tile/1"), recursive: true);
        Assert.Contains("do not have the root", Assert.Throws<DecisionLogCorruptedException>(() => log.Seal()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_record_is_removed_before_its_hash_is_in_the_tree()
    {
        using var log = new SealedLog();
        await log.WriteAsync(700);
        Assert.True(new SegmentRetirement(log.Directory).Retire(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero)) > 1);

        using var open = new SealedLog();
        await open.WriteAsync(10);
        await open.WriteUnsealedAsync(700, from: 10);
        Assert.Equal(0, new SegmentRetirement(open.Directory).Retire(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    private static string Refusal(SealedLog log) => Assert.Throws<DecisionLogCorruptedException>(() => log.Seal()).Message;

    private static void Resume(SealedLog log, string directory)
    {
        var records = DecisionLogReader.ReadEntries(directory).ToList();
        var sealer = LogSealer.Open(directory, log.Key, records.Count);
        records.Skip((int)sealer.Size).ToList().ForEach(r => sealer.Add(r.Payload.Span));
        sealer.Seal();
    }
}
