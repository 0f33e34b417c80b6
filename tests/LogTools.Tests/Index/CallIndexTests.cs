using System.Text;
using Keten.DecisionLog;
using Keten.DecisionLog.Retention;
using Keten.LogTools.Index;
using Keten.LogTools.Query;

namespace Keten.LogTools.Tests.Index;

public sealed class CallIndexTests
{
    [Fact]
    public async Task An_index_of_another_log_is_built_anew()
    {
        using var one = new GatewayLog();
        using var other = new GatewayLog();
        await one.WriteAsync(Enumerable.Range(0, 10).Select(i => Some.Refused(i)));
        await other.WriteAsync(Enumerable.Range(100, 20).Select(i => Some.Refused(i)));
        Ids(one.Directory, one.IndexFile);

        Assert.Equal(CallScan.Read(other.Directory, LogFilter.All).Select(c => c.Decided.DecisionId), Ids(other.Directory, one.IndexFile));
    }

    [Fact]
    public async Task An_index_that_is_ahead_of_a_restored_log_is_built_anew()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Enumerable.Range(0, 5).Select(i => Some.Refused(i)));
        Copy(log.Directory, log.File("backup"));
        await log.WriteAsync(Enumerable.Range(5, 5).Select(i => Some.Refused(i)));
        Assert.Equal(10, Ids(log.Directory, log.IndexFile).Count);

        Assert.Equal(5, Ids(log.File("backup"), log.IndexFile).Count);
    }

    [Fact]
    public async Task A_broken_index_is_built_anew_and_a_file_that_is_none_is_left_as_it_is()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Enumerable.Range(0, 500).SelectMany(i => new[] { Some.Decision(i), Some.Outcome(i) }));
        Ids(log.Directory, log.IndexFile);
        var bytes = await File.ReadAllBytesAsync(log.IndexFile, TestContext.Current.CancellationToken);
        bytes.AsSpan(100, 3000).Fill(0xff);
        await File.WriteAllBytesAsync(log.IndexFile, bytes, TestContext.Current.CancellationToken);
        Assert.Equal(500, Ids(log.Directory, log.IndexFile).Count);

        var precious = log.File("participants.yaml");
        await File.WriteAllTextAsync(precious, "participants: []", TestContext.Current.CancellationToken);
        var refused = Assert.Throws<IndexUnusableException>(() => Ids(log.Directory, precious));
        Assert.Contains("is no index", refused.Message, StringComparison.Ordinal);
        Assert.Equal("participants: []", await File.ReadAllTextAsync(precious, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Segments_that_retention_removed_are_forgotten()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Enumerable.Range(0, 400).SelectMany(i => new[] { Some.Decision(i), i % 3 == 0 ? Some.Refused(1000 + i) : Some.Outcome(i) }));
        Assert.Equal(400 + 134, Ids(log.Directory, log.IndexFile).Count);
        var segments = LogFiles.Segments(log.Directory);
        RetiredNote.Write(log.Directory, segments[1].FirstIndex);
        File.Delete(segments[0].Path);

        var left = CallScan.Read(log.Directory, LogFilter.All).Select(c => c.Decided.DecisionId).ToList();
        Assert.True(left.Count is > 100 and < 534);
        Assert.Equal(left, Ids(log.Directory, log.IndexFile));
    }

    [Fact]
    public async Task An_index_holds_nothing_that_tells_of_a_person_and_only_its_owner_may_read_it()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Enumerable.Range(0, 50).SelectMany(i => new[] { Some.Decision(i), Some.Outcome(i) }).Append(Some.Decision(50)));
        Ids(log.Directory, log.IndexFile);

        var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(log.IndexFile, TestContext.Current.CancellationToken));
        foreach (var secret in new[] { Some.Subject(0), "med-4711", "zaak-2026-0042", Some.Id(3) })
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(log.IndexFile) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task A_record_that_is_not_where_it_was_is_damage_and_not_an_answer()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Enumerable.Range(0, 300).Select(i => Some.Refused(i)));
        Ids(log.Directory, log.IndexFile);
        var segment = Directory.GetFiles(log.Directory, "*.seg").Order(StringComparer.Ordinal).First();
        using (var file = File.OpenWrite(segment))
        {
            file.Position = 2000;
            file.WriteByte(0);
        }

        Assert.Throws<DecisionLogCorruptedException>(() => Ids(log.Directory, log.IndexFile));
    }

    private static List<string> Ids(string directory, string file)
    {
        using var index = CallIndex.Open(directory, file, null, null, TestContext.Current.CancellationToken);
        return [.. index.Read(LogFilter.All).Select(call => call.Decided.DecisionId)];
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
