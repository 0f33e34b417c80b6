using System.Text;
using System.Text.Json;
using CsCheck;
using Keten.Contracts.Catalogue;

namespace Keten.Contracts.Tests.Catalogue;

public sealed class CaseFactsTests
{
    private static readonly string[] Forbidden =
    [
        "caller_involved", "target_involved", "secret_address", "inspection_restricted", "child_objects", "purpose", "time", "traceparent",
        "break_glass", "processing_activity_id",
    ];

    public static TheoryData<string> Names => [.. Forbidden];

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"subject_age": 0}""")]
    [InlineData("""{"subject_age": 150, "subject_informed": true, "risk_assessed": false}""")]
    [InlineData("""{"consent": "given", "consent_by": ["subject", "legal-representative"]}""")]
    [InlineData("""{"crisis_level": "red", "invited": true}""")]
    [InlineData("""{"assurance_level": "high", "inform_exemption": "safety"}""")]
    [InlineData(" \n{\t\"measure_active\" : true }\r\n")]
    public void Accepts_facts_of_the_catalogue(string json) => Assert.True(CaseFacts.TryParse(json, out _, out var fault), fault);

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{} {}")]
    [InlineData("{},{}")]
    [InlineData("""{"a": true,}""")]
    [InlineData("""{"a": true /* why */}""")]
    [InlineData("""{"subject_age": "9"}""")]
    [InlineData("""{"subject_age": 9.5}""")]
    [InlineData("""{"subject_age": -1}""")]
    [InlineData("""{"subject_age": 151}""")]
    [InlineData("""{"subject_age": 1e400}""")]
    [InlineData("""{"subject_age": null}""")]
    [InlineData("""{"consent": true}""")]
    [InlineData("""{"consent": ""}""")]
    [InlineData("""{"consent": "Given"}""")]
    [InlineData("""{"consent": "given "}""")]
    [InlineData("""{"consent": "\ud800"}""")]
    [InlineData("""{"consent_by": "subject"}""")]
    [InlineData("""{"consent_by": [1]}""")]
    [InlineData("""{"consent_by": ["\udc00"]}""")]
    [InlineData("""{"consent_by": ["a","a","a","a","a","a","a","a","a"]}""")]
    [InlineData("""{"anything": "Jan Jansen"}""")]
    [InlineData("""{"anything": 123456782}""")]
    [InlineData("""{"anything": {"nested": true}}""")]
    [InlineData("""{"Anything": true}""")]
    [InlineData("""{"any thing": true}""")]
    [InlineData("""{"": {"": true}}""")]
    [InlineData("""{"\ud800": true}""")]
    [InlineData("""{"consent": "given", "consent": "given"}""")]
    [InlineData("""{"consent": "given", "c\u006fnsent": "refused"}""")]
    public void Refuses_what_is_malformed_or_out_of_range_without_repeating_it(string json)
    {
        Assert.False(CaseFacts.TryParse(json, out var facts, out var fault));
        Assert.Same(CaseFacts.None, facts);
        Assert.NotEmpty(fault);
        Assert.DoesNotContain("Jansen", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("123456782", fault, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Never_takes_from_the_caller_what_only_gateway_or_target_may_know(string name)
    {
        Assert.False(CaseFacts.TryParse($$"""{"{{name}}": true}""", out _, out _));
        Assert.False(CaseFacts.TryParse($$"""{"{{name}}": false}""", out _, out _));
        var escaped = $"\\u{(int)name[0]:x4}{name[1..]}";
        Assert.False(CaseFacts.TryParse($$"""{"{{escaped}}": false}""", out _, out _));
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_no_facts()
    {
        byte[] json = [.. "{\"consent\": \""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.False(CaseFacts.TryParse(json, out _, out _));
        json = [.. "{\""u8, 0xFF, .. "\": true}"u8];
        Assert.False(CaseFacts.TryParse(json, out _, out _));
    }

    [Fact]
    public void At_most_4096_bytes_and_32_facts()
    {
        Assert.True(CaseFacts.TryParse("{}" + new string(' ', CaseFacts.MaxBytes - 2), out _, out _));
        Assert.False(CaseFacts.TryParse("{}" + new string(' ', CaseFacts.MaxBytes - 1), out _, out _));
        Assert.True(CaseFacts.TryParse(Many(32), out _, out _));
        Assert.False(CaseFacts.TryParse(Many(33), out _, out _));

        static string Many(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"fact_{i}\": true")) + "}";
    }

    [Fact]
    public void No_header_means_no_facts()
    {
        Assert.True(CaseFacts.TryParse((string?)null, out var facts, out _));
        Assert.Same(CaseFacts.None, facts);
        Assert.True(CaseFacts.TryParse(ReadOnlyMemory<byte>.Empty, out facts, out _));
        Assert.Same(CaseFacts.None, facts);
    }

    [Fact]
    public void Gives_back_what_was_asserted()
    {
        Assert.True(CaseFacts.TryParse("""{"subject_age": 14, "consent": "given", "subject_informed": true, "risk_assessed": false}""", out var facts, out _));
        Assert.Equal((14, "given"), (facts.SubjectAge, facts.Consent));
        Assert.Equal(new Dictionary<string, bool> { ["subject_informed"] = true, ["risk_assessed"] = false }, facts.Flags.ToDictionary());
        Assert.Null(CaseFacts.None.SubjectAge);
        Assert.Null(CaseFacts.None.Consent);
        Assert.Empty(CaseFacts.None.Flags);
    }

    [Fact]
    public void Writes_every_fact_but_the_one_that_is_known_better()
    {
        Assert.True(CaseFacts.TryParse("""{"subject_age": 14, "invited": false, "consent_by": ["subject"]}""", out var facts, out _));
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            facts.WriteTo(writer, except: "invited");
            writer.WriteEndObject();
        }

        Assert.Equal("""{"subject_age":14,"consent_by":["subject"]}""", Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void Random_bytes_never_throw_and_are_never_taken_for_a_forbidden_fact() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Judge(bytes), iter: 20_000);

    /// <summary>Close to the real thing: pieces of it in any order, some broken.</summary>
    [Fact]
    public void Almost_right_facts_never_throw_and_are_never_taken_for_a_forbidden_fact()
    {
        string[] pieces =
        [
            "{", "}", "[", "]", ":", ",", "\"", "true", "false", "null", "1", "-0", "1e9", " ", "\\u0000", "\\ud800", "\\", "é", "\u0001", "\"consent\":",
            "\"subject_age\":", "\"given\"", "\"consent_by\":[", "\"a\":true", .. Forbidden.Select(f => $"\"{f}\":true"), .. Forbidden.Select(f => $"\"{f}\""),
        ];
        Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]).Array[0, 14].Select(p => Encoding.UTF8.GetBytes("{" + string.Concat(p) + "}")).Sample(bytes => Judge(bytes), iter: 50_000);
    }

    private static void Judge(byte[] bytes)
    {
        if (!CaseFacts.TryParse(bytes, out var facts, out var fault))
        {
            Assert.Same(CaseFacts.None, facts);
            Assert.NotEmpty(fault);
            return;
        }

        if (bytes.Length == 0)
        {
            return;
        }

        using var document = JsonDocument.Parse(facts.Json);
        Assert.DoesNotContain(document.RootElement.EnumerateObject(), f => Forbidden.Contains(f.Name));
        _ = (facts.SubjectAge, facts.Consent, facts.Flags.Count());
    }
}
