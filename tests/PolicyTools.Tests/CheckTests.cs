using System.Text.Json.Nodes;

namespace Keten.PolicyTools.Tests;

public sealed class CheckTests : IDisposable
{
    private readonly Sources _sources = new();

    public void Dispose() => _sources.Dispose();

    [Fact]
    public async Task All_192_cases_are_as_expected()
    {
        var run = await Run.PolicyAsync("check", "--cases", _sources.Cases);

        Assert.Equal((0, "192 of 192 as expected", ""), (run.ExitCode, run.LastLine, run.Error));
    }

    [Theory]
    [InlineData("decision", "\"deny\"", "expected \"deny\"")]
    [InlineData("reason_code", "\"OTHER\"", "got      \"ALLOWED\"")]
    [InlineData("caller_code", "\"OTHER\"", "expected \"OTHER\"")]
    [InlineData("fields", "[\"family_name\",\"given_names\"]", "got      [\"given_names\",\"family_name\"]")]
    [InlineData("obligations", "[]", "expected []")]
    [InlineData("rule", "\"R1\"", "got      \"R22\"")]
    [InlineData("retention_days", "7", "got      3650")]
    public async Task A_mismatch_names_the_case_its_line_the_rule_and_both_answers(string what, string value, string shown)
    {
        var example = Example();
        example["expect"]![what] = JsonNode.Parse(value);

        var run = await CheckAsync(example);

        Assert.Equal((1, "0 of 1 as expected"), (run.ExitCode, run.LastLine));
        Assert.Contains("✗ one (line 1), decided by R22", run.Output, StringComparison.Ordinal);
        Assert.Contains(what, run.Output, StringComparison.Ordinal);
        Assert.Contains(shown, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_that_names_no_fields_expects_none()
    {
        var example = Example();
        ((JsonObject)example["expect"]!).Remove("fields");

        Assert.Equal(1, (await CheckAsync(example)).ExitCode);
    }

    /// <summary>Nothing of an odd case is lost or repaired on the way to the policy.</summary>
    [Theory]
    [InlineData("caller", "null", "INPUT_INVALID")]
    [InlineData("caller", "\"wijkteam\"", "INPUT_INVALID")]
    [InlineData("caller", """{"organisation_type":"wijkteam","role":"wijkcoach"}""", "INPUT_INVALID")]
    [InlineData("caller", """{"type":["wijkteam"],"role":"wijkcoach"}""", "INPUT_INVALID")]
    [InlineData("caller", """{"type":"wijkteam"}""", "INPUT_INVALID")]
    [InlineData("caller", """{"type":"wijkteam","role":"wijkcoach","status":null}""", "PARTICIPANT_NOT_ACTIVE")]
    [InlineData("caller", """{"type":"wijkteam","role":"wijkcoach","status":"suspended"}""", "PARTICIPANT_NOT_ACTIVE")]
    [InlineData("target", """{"type":"gemeente","fields":["phone"],"status":"active"}""", "ALLOWED")]
    [InlineData("target", "[]", "INPUT_INVALID")]
    [InlineData("purpose", "3", "INPUT_INVALID")]
    [InlineData("purpose", "\"\"", "UNKNOWN_PURPOSE")]
    [InlineData("category", "null", "INPUT_INVALID")]
    [InlineData("operation", "{}", "INPUT_INVALID")]
    [InlineData("requested_fields", "null", "INPUT_INVALID")]
    [InlineData("requested_fields", "[]", "INPUT_INVALID")]
    [InlineData("requested_fields", "\"phone\"", "INPUT_INVALID")]
    [InlineData("requested_fields", "[3]", "UNKNOWN_FIELD")]
    [InlineData("requested_fields", "[\"bsn\"]", "BSN_NOT_EXCHANGEABLE")]
    [InlineData("context", "\"x\"", "INPUT_INVALID")]
    [InlineData("context", "null", "CALLER_NOT_INVOLVED")]
    [InlineData("context", """{"caller_involved":"true","target_involved":true,"subject_informed":true}""", "CALLER_NOT_INVOLVED")]
    [InlineData("context", """{"caller_involved":true,"target_involved":true,"subject_informed":1}""", "SUBJECT_NOT_INFORMED")]
    [InlineData("context", """{"caller_involved":true,"target_involved":true,"subject_informed":true,"never_heard_of":{"a":[1e400]}}""", "ALLOWED")]
    public async Task Odd_cases_reach_the_policy_as_they_are(string member, string value, string code)
    {
        var example = Example();
        var json = example.ToJsonString().Replace("\"" + member + "\":" + (example[member]?.ToJsonString() ?? "null"), "\"" + member + "\":" + value, StringComparison.Ordinal);
        var run = await Run.PolicyAsync("check", "--json", "--cases", _sources.Write("cases.json", $"[{json}]"));

        var got = run.Json.GetProperty("mismatches").EnumerateArray().SelectMany(m => m.GetProperty("differences").EnumerateArray())
            .Where(d => d.GetProperty("what").GetString() == "reason_code").Select(d => d.GetProperty("got").GetString()).SingleOrDefault() ?? "\"ALLOWED\"";
        Assert.Equal($"\"{code}\"", got);
    }

    [Theory]
    [InlineData("purpose")]
    [InlineData("operation")]
    [InlineData("category")]
    [InlineData("caller")]
    [InlineData("target")]
    public async Task A_case_that_leaves_something_out_is_asked_without_it(string member)
    {
        var example = Example();
        ((JsonObject)example).Remove(member);
        example["context"]!["purpose"] = "naw-hergebruik";
        example["expect"] = JsonNode.Parse("""{"decision":"deny","reason_code":"INPUT_INVALID","rule":"R1"}""");

        Assert.Equal(0, (await CheckAsync(example)).ExitCode);
    }

    [Theory]
    [InlineData("{\n \"cases\": [\n  {\"id\": \"a\",, }\n ]\n}", ":3: not JSON")]
    [InlineData("{\n \"cases\": 3}", ":2: 'cases' must be a list")]
    [InlineData("{\"rows\": []}", ":1: no file of cases")]
    [InlineData("{\"cases\": []}", "holds no case")]
    [InlineData("[\n {},\n 3]", ":2: case '#1' has no 'expect' object")]
    [InlineData("[\n 3]", ":2: a case must be an object")]
    [InlineData("[\n\n {\"id\": \"a\", \"expect\": {\"decision\": \"yes\"}}]", ":3: case 'a': expect.decision must be")]
    [InlineData("[\n {\"id\": \"a\",\n \"purpose\": 1,\n \"purpose\": 2}]", ":4: 'purpose' stands twice")]
    [InlineData("", ":1: not JSON")]
    public async Task A_file_that_cannot_be_used_is_refused_with_its_line(string text, string message)
    {
        var path = _sources.Write("cases.json", text);

        var run = await Run.PolicyAsync("check", "--cases", path);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("keten policy check: " + path, run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_and_a_bad_bundle_are_named()
    {
        Assert.Contains("there is no such file", (await Run.PolicyAsync("check", "--cases", "nowhere.json")).Error, StringComparison.Ordinal);
        var run = await Run.PolicyAsync("check", "--cases", _sources.Cases, "--bundle", _sources.Write("bundle.tar.gz", "no bundle"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("not a gzipped tar", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_looks_like_a_slip_is_said()
    {
        var example = Example();
        example["requested_field"] = new JsonArray("phone");

        var run = await CheckAsync(example);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("'requested_field' is no part of a case", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stops_when_asked_to()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        var run = await Run.PolicyAsync("", ["check", "--cases", _sources.Cases], stop.Token);

        Assert.Equal(130, run.ExitCode);
    }

    private async Task<Run> CheckAsync(JsonNode example) => await Run.PolicyAsync("check", "--cases", _sources.Write("cases.json", $"[{example.ToJsonString()}]"));

    private static JsonNode Example() => JsonNode.Parse(
        """
        {"id":"one","caller":{"type":"wijkteam","role":"wijkcoach"},"target":{"type":"gemeente"},"purpose":"naw-hergebruik","category":"naw","operation":"read","requested_fields":["given_names","family_name"],"context":{"caller_involved":true,"target_involved":true,"subject_informed":true},"expect":{"decision":"allow","reason_code":"ALLOWED","fields":["given_names","family_name"],"obligations":["delete-after:3650d","log-disclosure"]}}
        """)!;
}
