using System.Text;
using System.Text.Json;
using Keten.Policy.Tests.Support;

namespace Keten.Policy.Tests.Engines;

/// <summary>The embedded engine leaves out what no rule names; what a rule names, by whatever way, it gets.</summary>
public sealed class NamedMembersTests : IDisposable
{
    private const string Level = "package keten.matching\n\nlevel := {\"level\": \"none\", \"fields\": []}\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Our_rules_name_none_of_them() => Assert.Equal(default, NamedMembers.In(PolicyBundle.Embedded()));

    [Theory]
    [InlineData("input.context.time == \"now\"")]
    [InlineData("input.context.traceparent == \"trace\"")]
    [InlineData("input.context.processing_activity_id == \"urn:keten:purpose:p\"")]
    [InlineData("input.subject.properties.actor == \"mw-1\"")]
    [InlineData("input.subject.id == \"me\"")]
    [InlineData("input.resource.id == \"person\"")]
    [InlineData("input.context[data.keten.member] == \"now\"")]
    [InlineData("some member in [\"time\"]; input.context[member] == \"now\"")]
    public async Task A_rule_that_asks_for_one_gets_it(string condition)
    {
        var access = $$"""
            package keten.access

            default decision := {"allow": false, "reason_code": "NO", "caller_code": "NO", "rule": "R1", "fields": [], "obligations": [],
              "legal_basis": [], "retention_days": 0, "break_glass": false, "reasons": []}

            decision := {"allow": true, "reason_code": "ALLOWED", "caller_code": "ALLOWED", "rule": "R22", "fields": [], "obligations": [],
              "legal_basis": [], "retention_days": 0, "break_glass": false, "reasons": []} if {
              {{condition}}
            }
            """;
        var bundle = await SomeBundle.CompileAsync(_folder.Path, access, Level, """{"keten":{"member":"time"}}""");
        using var engine = new WasmPolicyEngine(PolicyBundle.Read(bundle, "asking", BundleTrust.Unsigned));
        Assert.True((await engine.DecideAsync(Question(), CancellationToken.None)).Allow);
    }

    [Fact]
    public void Every_other_engine_gets_the_whole_document()
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Question().WriteTo(writer);
        }

        var text = Encoding.UTF8.GetString(buffer.ToArray());
        Assert.All(["me", "person", "mw-1", "urn:keten:purpose:p", "now", "trace"], value => Assert.Contains($"\"{value}\"", text, StringComparison.Ordinal));
    }

    private static PolicyInput Question() => new()
    {
        Caller = new PolicyParty("me", "a", "active"), Target = new PolicyParty("", "b", "active"), Actor = "mw-1", ActorRole = "r", Purpose = "p",
        Category = "c", Action = "read", Subject = "person", Time = "now", TraceParent = "trace",
    };
}
