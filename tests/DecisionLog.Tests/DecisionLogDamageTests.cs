using Keten.DecisionLog;

namespace Keten.DecisionLog.Tests;

public sealed class DecisionLogDamageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tail_torn_at_any_byte_is_cut_and_nothing_before_it()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(4);
        var last = temp.Entries()[^1];
        var whole = await File.ReadAllBytesAsync(last.Segment, Token);
        for (var length = (int)last.Offset; length < whole.Length; length++)
        {
            ForgetAcknowledgements(temp);
            await File.WriteAllBytesAsync(last.Segment, whole[..length], Token);
            TornTail? reported = null;
            Assert.Equal(["0", "1", "2"], temp.ReadIds(tail => reported = tail));
            var empty = whole.AsSpan((int)last.Offset, length - (int)last.Offset).IndexOfAnyExcept((byte)0) < 0;
            Assert.Equal(empty ? null : last.Offset, reported?.Offset);

            await temp.WriteAsync(1, from: 9);
            Assert.Equal(["0", "1", "2", "9"], temp.ReadIds());
        }

        var cut = temp.Logger.Events.First(e => e.Id == 2001);
        Assert.Contains($"offset {last.Offset}, where record 3 would be", cut.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_record_followed_by_the_zeros_of_the_filled_file_is_a_torn_tail()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(4);
        var last = temp.Entries()[^1];
        var bytes = await File.ReadAllBytesAsync(last.Segment, Token);
        bytes.AsSpan((int)last.Offset + 100).Clear();
        await File.WriteAllBytesAsync(last.Segment, [.. bytes, .. new byte[100_000]], Token);
        ForgetAcknowledgements(temp);

        TornTail? reported = null;
        Assert.Equal(["0", "1", "2"], temp.ReadIds(tail => reported = tail));
        Assert.Equal((100, 3), (reported!.Bytes, reported.NextIndex));
        await temp.WriteAsync(1, from: 9);
        Assert.Equal(["0", "1", "2", "9"], temp.ReadIds());
    }

    [Fact]
    public async Task Every_flipped_bit_is_found_with_its_segment_offset_and_index_and_stops_the_start()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(3);
        var middle = temp.Entries()[1];
        var end = temp.Entries()[2].Offset;
        var bytes = await File.ReadAllBytesAsync(middle.Segment, Token);
        for (var at = middle.Offset; at < end; at++)
        {
            var bit = (byte)(1 << (int)(at % 8));
            bytes[at] ^= bit;
            await File.WriteAllBytesAsync(middle.Segment, bytes, Token);
            bytes[at] ^= bit;

            var damage = Assert.Throws<DecisionLogCorruptedException>(() => temp.ReadIds());
            Assert.Equal((middle.Segment, middle.Offset, 1), (damage.Segment, damage.Offset, damage.Index));
        }

        var refused = await Assert.ThrowsAsync<DecisionLogCorruptedException>(() => temp.OpenAsync());
        Assert.Contains(middle.Segment, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Way out", refused.Message, StringComparison.Ordinal);
        Assert.Equal(bytes.Length, new FileInfo(middle.Segment).Length);
    }

    [Fact]
    public async Task Damage_is_not_taken_for_a_torn_tail_when_the_mark_was_lost_with_the_power()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(3);
        var middle = temp.Entries()[1];
        Flip(middle.Segment, middle.Offset + 40);
        ForgetAcknowledgements(temp);

        // The third frame says that the second was durable when it was written.
        var refused = await Assert.ThrowsAsync<DecisionLogCorruptedException>(() => temp.OpenAsync());
        Assert.Equal(1, refused.Index);
    }

    [Fact]
    public async Task A_damaged_last_record_that_was_acknowledged_is_not_cut()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(3);
        var last = temp.Entries()[2];
        Flip(last.Segment, last.Offset + 40);

        var refused = await Assert.ThrowsAsync<DecisionLogCorruptedException>(() => temp.OpenAsync());
        Assert.Equal((last.Offset, 2), (refused.Offset, refused.Index));
    }

    [Fact]
    public async Task Acknowledged_records_missing_from_the_end_are_noticed()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(3);
        var last = temp.Entries()[2];
        using (var file = File.OpenWrite(last.Segment))
        {
            file.SetLength(last.Offset);
        }

        var refused = await Assert.ThrowsAsync<DecisionLogCorruptedException>(() => temp.OpenAsync());
        Assert.Contains("3 records were acknowledged", refused.Message, StringComparison.Ordinal);
        Assert.Throws<DecisionLogCorruptedException>(() => temp.ReadIds());
    }

    [Fact]
    public async Task Two_records_that_changed_places_are_found_though_their_own_sums_are_right()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(4);
        var entries = temp.Entries();
        var bytes = await File.ReadAllBytesAsync(entries[1].Segment, Token);
        var first = bytes[(int)entries[1].Offset..(int)entries[2].Offset];
        var second = bytes[(int)entries[2].Offset..(int)entries[3].Offset];
        second.CopyTo(bytes, entries[1].Offset);
        first.CopyTo(bytes, entries[1].Offset + second.Length);
        await File.WriteAllBytesAsync(entries[1].Segment, bytes, Token);

        var damage = Assert.Throws<DecisionLogCorruptedException>(() => temp.ReadIds());
        Assert.Equal(1, damage.Index);
        Assert.Contains("record 2 stands where record 1 should be", damage.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_missing_segment_is_found(int which)
    {
        using var temp = new TempLog();
        await WriteSegmentsAsync(temp);
        var segments = Directory.GetFiles(temp.Directory, "*.seg").Order(StringComparer.Ordinal).ToList();
        File.Delete(which < 0 ? segments[^1] : segments[which]);

        Assert.Throws<DecisionLogCorruptedException>(() => temp.ReadIds());
    }

    [Fact]
    public async Task A_sealed_segment_has_no_torn_tail_only_damage()
    {
        using var temp = new TempLog();
        await WriteSegmentsAsync(temp);
        var first = Directory.GetFiles(temp.Directory, "*.seg").Order(StringComparer.Ordinal).First();
        using (var file = File.OpenWrite(first))
        {
            file.SetLength(file.Length - 5);
        }

        var damage = Assert.Throws<DecisionLogCorruptedException>(() => temp.ReadIds());
        Assert.Equal(first, damage.Segment);
    }

    [Fact]
    public async Task A_damaged_header_or_a_segment_of_another_log_stops_the_start()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(1);
        Flip(temp.LastSegment, 20);
        await Assert.ThrowsAsync<DecisionLogCorruptedException>(() => temp.OpenAsync());

        using var one = new TempLog();
        using var other = new TempLog();
        await one.WriteAsync(2);
        await WriteSegmentsAsync(other);
        File.Delete(Path.Combine(other.Directory, "00000000000000000000.seg"));
        File.Copy(one.LastSegment, Path.Combine(other.Directory, "00000000000000000000.seg"));
        var refused = await Assert.ThrowsAsync<DecisionLogCorruptedException>(() => other.OpenAsync());
        Assert.Contains("another log", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_that_never_got_its_name_is_cleared_away()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(1);
        var left = Path.Combine(temp.Directory, "00000000000000000001.seg.new");
        await File.WriteAllBytesAsync(left, [1, 2, 3], Token);
        await temp.WriteAsync(1, from: 1);

        Assert.False(File.Exists(left));
        Assert.Equal(["0", "1"], temp.ReadIds());
    }

    private static async Task WriteSegmentsAsync(TempLog temp)
    {
        await using var log = await temp.OpenAsync(segmentBytes: 64 << 10);
        for (var i = 0; i < 300; i++)
        {
            await log.AppendAsync(Some.Decision(i), Token);
        }
    }

    private static void ForgetAcknowledgements(TempLog temp) => File.Delete(Path.Combine(temp.Directory, "acknowledged"));

    private static void Flip(string path, long at)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 4;
        File.WriteAllBytes(path, bytes);
    }
}
