using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Keten.Contracts.Catalogue;

namespace Keten.Policy.Tests;

public sealed class WasmPolicyEngineTests : IDisposable
{
    private readonly WasmPolicyEngine _engine = new(PolicyBundle.Embedded());

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task Decides_every_case_of_the_table_as_expected()
    {
        var wrong = new List<string>();
        foreach (var (id, input, expect) in PolicyCase.All)
        {
            var decision = await _engine.DecideAsync(input, TestContext.Current.CancellationToken);
            Compare(id, "decision", expect.GetProperty("decision").GetString(), decision.Allow ? "allow" : "deny");
            Compare(id, "reason_code", expect.GetProperty("reason_code").GetString(), decision.ReasonCode);
            if (expect.TryGetProperty("caller_code", out var callerCode))
            {
                Compare(id, "caller_code", callerCode.GetString(), decision.CallerCode);
            }

            if (expect.TryGetProperty("fields", out var fields))
            {
                Compare(id, "fields", Join(fields), string.Join(',', decision.Fields));
            }

            if (expect.TryGetProperty("obligations", out var obligations))
            {
                Compare(id, "obligations", Join(obligations), string.Join(',', decision.Obligations));
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(192, PolicyCase.All.Count);

        void Compare(string id, string what, string? expected, string got)
        {
            if (expected != got)
            {
                wrong.Add($"{id} {what}: expected {expected}, got {got}");
            }
        }

        static string Join(JsonElement list) => string.Join(',', list.EnumerateArray().Select(e => e.GetString()));
    }

    [Fact]
    public async Task Answers_alike_from_many_threads_at_once()
    {
        var input = PolicyCase.All[0].Input;
        var expected = await _engine.DecideAsync(input, CancellationToken.None);
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), async (_, token) =>
        {
            var got = await _engine.DecideAsync(input, token);
            Assert.Equal(expected.ReasonCode, got.ReasonCode);
            Assert.Equal(expected.Fields, got.Fields);
        });
    }

    [Fact]
    public async Task Tells_the_caller_nothing_about_who_the_target_knows()
    {
        var hidden = PolicyCase.All.First(c => c.Expect.GetProperty("reason_code").GetString() == "TARGET_NOT_INVOLVED");
        var decision = await _engine.DecideAsync(hidden.Input, CancellationToken.None);
        Assert.Equal("TARGET_NOT_INVOLVED", decision.ReasonCode);
        Assert.Equal("ACCESS_NOT_PERMITTED", decision.CallerCode);
        Assert.DoesNotContain("betrokken", decision.CallerTextNl, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("involved", decision.CallerTextEn, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("social", "gemeente", "veilig-thuis", "betrokkenheid-jeugd", false, "full")]
    [InlineData("education sees protection", "onderwijs", "veilig-thuis", "betrokkenheid-jeugd", false, "contact")]
    [InlineData("police do not see care", "politie", "ggz", "betrokkenheid-volwassenen", false, "none")]
    [InlineData("care sees police", "ggz", "politie", "betrokkenheid-volwassenen", false, "contact")]
    [InlineData("shielded", "gemeente", "veilig-thuis", "betrokkenheid-jeugd", true, "none")]
    [InlineData("unknown type", "kermis", "veilig-thuis", "betrokkenheid-jeugd", false, "none")]
    public async Task Shows_an_involvement_only_in_the_direction_and_to_the_level_of_the_matrix(
        string why, string viewer, string holder, string purpose, bool shielded, string level)
    {
        var visibility = await _engine.VisibilityAsync(viewer, holder, purpose, shielded, CancellationToken.None);
        Assert.True(visibility.Level == level, $"{why}: expected {level}, got {visibility.Level}");
        Assert.Equal(level == "none", visibility.Fields.Count == 0);
    }

    [Fact]
    public void Refuses_a_bundle_that_is_no_bundle()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "not a tar");
        var problem = Assert.Throws<PolicyBundleException>(() => PolicyBundle.Load(path));
        Assert.Contains(path, problem.Message, StringComparison.Ordinal);
        Assert.Throws<PolicyBundleException>(() => PolicyBundle.Load(path + ".missing"));
    }

    [Fact]
    public void Refuses_a_bundle_without_its_wasm_or_with_one_that_is_none()
    {
        Assert.Contains("policy.wasm", Assert.Throws<PolicyBundleException>(() => PolicyBundle.Load(Bundle(("data.json", "{}"), (".manifest", """{"revision":"x"}""")))).Message, StringComparison.Ordinal);
        Assert.Throws<PolicyBundleException>(() =>
            new WasmPolicyEngine(PolicyBundle.Load(Bundle(("data.json", "{}"), (".manifest", """{"revision":"x"}"""), ("policy.wasm", "no wasm")))));
    }

    [Fact]
    public async Task Denies_whatever_odd_input_it_is_given()
    {
        var good = PolicyCase.All.First(c => c.Expect.GetProperty("decision").GetString() == "allow").Input;
        foreach (var odd in new[] { "", "x", "\"", "\u0000", new string('a', 5000), "gateway", "*" })
        {
            foreach (var input in new[] { With(good, purpose: odd), With(good, category: odd), With(good, action: odd), With(good, role: odd), With(good, type: odd) })
            {
                Assert.False((await _engine.DecideAsync(input, CancellationToken.None)).Allow);
            }
        }

        static PolicyInput With(PolicyInput from, string? purpose = null, string? category = null, string? action = null, string? role = null, string? type = null) => new()
        {
            Caller = from.Caller with { OrganisationType = type ?? from.Caller.OrganisationType }, Target = from.Target, ActorRole = role ?? from.ActorRole,
            Purpose = purpose ?? from.Purpose, Category = category ?? from.Category, Action = action ?? from.Action, Facts = from.Facts,
            CallerInvolved = true, TargetInvolved = true, Time = from.Time,
        };
    }

    [Fact]
    public async Task Stops_serving_when_disposed()
    {
        var engine = new WasmPolicyEngine(PolicyBundle.Embedded());
        engine.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await engine.DecideAsync(PolicyCase.All[0].Input, CancellationToken.None));
    }

    private static string Bundle(params (string Name, string Content)[] parts)
    {
        var path = Path.GetTempFileName();
        using var file = File.Create(path);
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        using var tar = new TarWriter(gzip);
        foreach (var (name, content) in parts)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)) });
        }

        return path;
    }
}
