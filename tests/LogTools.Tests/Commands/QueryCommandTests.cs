using Keten.LogTools.Query;

namespace Keten.LogTools.Tests.Commands;

public sealed class QueryCommandTests
{
    [Fact]
    public async Task A_call_is_one_line_of_json_with_its_outcome()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Some.Decision(1), Some.Refused(2), Some.Outcome(1));

        var run = await Run.LogAsync("query", log.Directory, "--index", log.IndexFile, "--outcome", "allowed", "--json");

        Assert.Equal(0, run.ExitCode);
        var call = Assert.Single(run.JsonLines);
        Assert.Equal(Some.Id(1), call.GetProperty("decisionId").GetString());
        Assert.Equal(12_300, call.GetProperty("outcome").GetProperty("durationMicroseconds").GetInt64());
        Assert.Equal(2, call.GetProperty("outcome").GetProperty("index").GetInt64());
    }

    [Fact]
    public async Task With_and_without_an_index_and_after_its_deletion_the_output_is_the_same()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Enumerable.Range(0, 300).SelectMany(i => new[] { Some.Decision(i), i % 4 == 0 ? Some.Refused(1000 + i) : Some.Outcome(i) }));
        string[] question = ["query", log.Directory, "--json", "--purpose", "naw-hergebruik", "--from", "2026-03-02T09:32:00Z"];

        var scanned = await Run.LogAsync([.. question, "--no-index"]);
        var indexed = await Run.LogAsync([.. question, "--index", log.IndexFile]);
        File.Delete(log.IndexFile);
        var again = await Run.LogAsync([.. question, "--index", log.IndexFile]);

        Assert.True(scanned.JsonLines.Count > 200);
        Assert.Equal(scanned.Output, indexed.Output);
        Assert.Equal(scanned.Output, again.Output);
    }

    [Fact]
    public async Task Rows_are_plain_text_where_there_is_no_terminal_and_hold_no_control_characters()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Some.Decision(1, d => d.Purpose = "x\u001b[31m\nforged\trow"));

        var run = await Run.LogAsync("query", log.Directory, "--no-index");

        Assert.Equal(2, run.Output.TrimEnd('\n').Split('\n').Length);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task Without_the_keys_subjects_stay_sealed_and_it_says_so_and_with_them_the_index_finds_the_person()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Enumerable.Range(0, 30).SelectMany(i => new[] { Some.Decision(i), Some.Outcome(i) }));
        string[] question = ["query", log.Directory, "--index", log.IndexFile, "--subject", Some.Subject(3), "--json"];
        Assert.Equal(4, (await Run.LogAsync(question)).JsonLines.Count);

        File.Delete(Path.Combine(log.Directory, "subjects.keys"));
        var blind = await Run.LogAsync(question);
        Assert.Empty(blind.JsonLines);
        Assert.Contains("may not be read here", blind.Error, StringComparison.Ordinal);

        var all = await Run.LogAsync("query", log.Directory, "--index", log.IndexFile, "--json");
        Assert.Equal(30, all.JsonLines.Count);
        Assert.All(all.JsonLines, call => Assert.True(call.GetProperty("subjectSealed").GetBoolean() && !call.TryGetProperty("subject", out _)));
        Assert.Contains("of 30 calls are sealed", all.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limit_ends_it_and_an_empty_log_is_no_error()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Enumerable.Range(0, 20).Select(i => Some.Refused(i)));
        Assert.Equal(3, (await Run.LogAsync("query", log.Directory, "--no-index", "--limit", "3", "--json")).JsonLines.Count);

        var empty = Directory.CreateDirectory(log.File("empty")).FullName;
        Assert.Equal(0, (await Run.LogAsync("query", empty, "--json")).ExitCode);
    }

    [Theory]
    [InlineData("--from", "yesterday", "2d, 3h, 30m")]
    [InlineData("--participant", "123", "20 positions")]
    [InlineData("--limit", "0", "1 or more")]
    public async Task What_cannot_be_used_is_told_with_the_way_out(string option, string value, string way)
    {
        var run = await Run.LogAsync("query", "/tmp", option, value);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(way, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_such_directory_is_one_line_and_exit_code_2()
    {
        var run = await Run.LogAsync("query", "/nowhere/at/all");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("the directory does not exist", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2d", -48)]
    [InlineData("90m", -1.5)]
    [InlineData("2026-03-01T12:00:00+01:00", -25)]
    public void A_moment_is_iso_or_so_long_ago(string text, double hours)
    {
        var now = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

        Assert.True(Keten.Cli.Log.MomentText.TryParse(text, now, out var moment));
        Assert.Equal(now.AddHours(hours), moment);
    }

    [Fact]
    public async Task A_permitted_call_whose_end_is_not_known_is_open_and_counts_as_allowed()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Some.Decision(1));

        var call = Assert.Single(CallScan.Read(log.Directory, LogFilter.All));
        Assert.True(call.IsOpen);
        Assert.Equal(CallStanding.Allowed, call.Standing);
    }
}
