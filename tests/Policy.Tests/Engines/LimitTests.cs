using Keten.Policy.Tests.Support;

namespace Keten.Policy.Tests.Engines;

/// <summary>A policy that runs too long or wants too much is stopped; the next call is decided.</summary>
public sealed class LimitTests : IDisposable
{
    private const string Level = "package keten.matching\n\nlevel := {\"level\": \"none\", \"fields\": []}\n";

    private const string Access = """
        package keten.access

        _refusal := {"allow": false, "reason_code": "NO", "caller_code": "NO", "rule": "R1", "fields": [], "obligations": [], "legal_basis": [],
          "retention_days": 0, "break_glass": false, "reasons": []}

        default decision := {"allow": false, "reason_code": "NO", "caller_code": "NO", "rule": "R1", "fields": [], "obligations": [],
          "legal_basis": [], "retention_days": 0, "break_glass": false, "reasons": []}

        decision := _refusal if {
          input.context.purpose == "loop"
          some a in data.keten.list
          some b in data.keten.list
          some c in data.keten.list
          some d in data.keten.list
          [a, b, c, d] == input.context.never
        }

        decision := _refusal if {
          input.context.purpose == "abort"
          x := {a: b | some a in ["same", "same"]; some b in [1, 2]}
          x.same == 1
        }
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("loop")]
    [InlineData("abort")]
    public async Task A_policy_that_runs_away_is_no_answer_and_the_next_call_is_decided(string purpose)
    {
        var list = "{\"keten\":{\"list\":[" + string.Join(',', Enumerable.Range(0, 400)) + "]}}";
        using var engine = new WasmPolicyEngine(PolicyBundle.Read(await SomeBundle.CompileAsync(_folder.Path, Access, Level, list), "looping", BundleTrust.Unsigned));
        var started = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<PolicyUnavailableException>(async () => await engine.DecideAsync(Ask(purpose), CancellationToken.None));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 5);
        for (var i = 0; i < 20; i++)
        {
            Assert.False((await engine.DecideAsync(Ask("plain"), CancellationToken.None)).Allow);
        }
    }

    [Fact]
    public async Task A_bundle_that_allows_a_question_of_nobody_never_becomes_active()
    {
        const string Open = """
            package keten.access

            decision := {"allow": true, "reason_code": "ALLOWED", "caller_code": "ALLOWED", "rule": "R22", "fields": [], "obligations": [],
              "legal_basis": [], "retention_days": 0, "break_glass": false, "reasons": []}
            """;
        var bundle = PolicyBundle.Read(await SomeBundle.CompileAsync(_folder.Path, Open, Level, "{\"keten\":{}}"), "open", BundleTrust.Unsigned);
        var problem = await Assert.ThrowsAsync<PolicyBundleException>(() => PolicyTrial.PassAsync(new WasmPolicyEngine(bundle), CancellationToken.None));
        Assert.Contains("default deny", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_without_one_of_the_entry_points_or_with_a_foreign_built_in_is_refused()
    {
        var source = Directory.CreateDirectory(_folder.File("s")).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, ".manifest"), """{"revision":"made","roots":["keten"]}""");
        await File.WriteAllTextAsync(Path.Combine(source, "level.rego"), Level);
        await File.WriteAllTextAsync(Path.Combine(source, "access.rego"), "package keten.access\n\ndecision := time.now_ns()\n");
        await Opa.RunAsync(_folder.Path, "build", "-t", "wasm", "-e", "keten/matching/level", "-b", "s", "-o", "one.tar.gz");
        await Opa.RunAsync(_folder.Path, "build", "-t", "wasm", "-e", "keten/matching/level", "-e", "keten/access/decision", "-b", "s", "-o", "foreign.tar.gz");
        Assert.Contains(PolicyBundle.DecisionEntryPoint, Refusal("one.tar.gz"), StringComparison.Ordinal);
        Assert.Contains("time.now_ns", Refusal("foreign.tar.gz"), StringComparison.Ordinal);

        string Refusal(string file) => Assert.Throws<PolicyBundleException>(() => new WasmPolicyEngine(PolicyBundle.Load(_folder.File(file)))).Message;
    }

    private static PolicyInput Ask(string purpose) => new()
    {
        Caller = new PolicyParty("", "a", "active"), Target = new PolicyParty("", "b", "active"), ActorRole = "r", Purpose = purpose, Category = "c",
        Action = "read", Time = "",
    };
}
