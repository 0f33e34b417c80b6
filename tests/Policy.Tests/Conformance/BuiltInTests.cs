using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Keten.Policy.Tests.Support;
using Keten.TestKit;
using Wasmtime;

namespace Keten.Policy.Tests.Conformance;

/// <summary>
/// Every built-in the policy may use (the list in eng/build-bundle.sh), on every value and pair of values of every type, by the embedded module
/// and by `opa eval`. Debian's package carries few of OPA's own cases; this covers what our rules stand on.
/// </summary>
public sealed partial class BuiltInTests(ITestOutputHelper report) : IDisposable
{
    private const string Values = """
        [null, true, false, 0, 1, -1, 2, 8, 8.5, 17, 17.0, 1e2, 999, 1000, -1000, 0.1, "", " ", "a", "A", "b", "a b", " a  b ", "\t x\n", "é", "é b",
         "active", "red", "8", [], [1], [1, "a"], ["b", "a", "b"], [null, true, 2, "x", []], {}, {"a": 1}, {"b": [], "a": null}, [[2], [1, 3]], [{"a": 1}]]
        """;

    // A set is written in no order at all, so it is sorted here; a policy answers with lists for the same reason. And 17 and
    // 17.0 are one element of a set in the module but two in OPA's own evaluator, though both call them equal: no rule may make a set of an
    // input's numbers, and none does.
    private static readonly Dictionary<string, string> Expressions = new(StringComparer.Ordinal)
    {
        ["array.concat"] = "array.concat(a, b)", ["count"] = "count(a)", ["eq"] = "a == b", ["equal"] = "equal(a, b)", ["floor"] = "floor(a)",
        ["gt"] = "a > b", ["gte"] = "a >= b", ["internal.member_2"] = "b in a", ["is_array"] = "is_array(a)", ["is_boolean"] = "is_boolean(a)",
        ["is_number"] = "is_number(a)", ["is_object"] = "is_object(a)", ["is_string"] = "is_string(a)", ["lt"] = "a < b", ["lte"] = "a <= b",
        ["neq"] = "a != b", ["or"] = "sort({a} | {b}); not [a, b] == [17, 17]", ["sort"] = "sort(a)", ["split"] = "split(a, b)", ["trim_space"] = "trim_space(a)",
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_built_in_the_policy_may_use_gives_what_opa_gives()
    {
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "eng/build-bundle.sh"));
        var allowed = Native().Match(script).Groups[1].Value.Split(' ');
        Assert.Equal(allowed.Order(StringComparer.Ordinal), Expressions.Keys.Order(StringComparer.Ordinal));

        await File.WriteAllTextAsync(_folder.File("builtins.rego"), "package builtins\n\n" + string.Join('\n', Expressions.Select(e => string.Create(
            CultureInfo.InvariantCulture, $"answers[\"{e.Key}\"] := [[i, j, r] | some i, a in input; some j, b in input; r := {e.Value}]\n"))));
        await File.WriteAllTextAsync(_folder.File("input.json"), Values);
        await Opa.RunAsync(_folder.Path, "build", "-t", "wasm", "-e", "builtins/answers", "-o", "b.tar.gz", "builtins.rego");
        using var opa = JsonDocument.Parse(await Opa.RunAsync(_folder.Path, "eval", "-f", "raw", "-d", "builtins.rego", "-i", "input.json", "data.builtins.answers"));

        var files = BundleArchive.Unpack(new MemoryStream(await File.ReadAllBytesAsync(_folder.File("b.tar.gz"))), "built-ins", BundleTrust.DefaultMaxBytes);
        using var engine = new Engine();
        using var module = Module.FromBytes(engine, "built-ins", files["policy.wasm"]);
        using var instance = new WasmInstance(engine, module, "{}"u8.ToArray());
        Assert.Equal("{}", instance.Builtins);
        using var embedded = JsonDocument.Parse(Encoding.UTF8.GetString(instance.Evaluate(0, Encoding.UTF8.GetBytes(Values))));

        var total = 0;
        foreach (var name in Expressions.Keys)
        {
            var (left, right) = (embedded.RootElement[0].GetProperty("result").GetProperty(name), opa.RootElement.GetProperty(name));
            Assert.True(JsonElement.DeepEquals(left, right), $"{name}: {Difference(left, right)}");
            total += left.GetArrayLength();
        }

        report.WriteLine($"{Expressions.Count} built-ins, {total} defined answers over every pair of 39 values: alike");
    }

    private static string Difference(JsonElement left, JsonElement right)
    {
        var (l, r) = (Texts(left), Texts(right));
        return $"embedded only {string.Join(' ', l.Except(r).Take(5))}, opa only {string.Join(' ', r.Except(l).Take(5))}";
    }

    // Keys in order, so that only a real difference shows.
    private static HashSet<string> Texts(JsonElement list) =>
        [.. list.EnumerateArray().Select(e => Encoding.UTF8.GetString(GoJson.Canonical(Encoding.UTF8.GetBytes(e.GetRawText()))))];

    [GeneratedRegex("native='([^']+)'")]
    private static partial Regex Native();
}
