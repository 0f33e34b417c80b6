using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Keten.Policy.Tests.Support;
using Keten.TestKit;
using Wasmtime;

namespace Keten.Policy.Tests.Conformance;

/// <summary>
/// OPA's own cases, compiled by the real OPA and run on the embedded engine's instances: passed, not supported (why), failed (0). Many cases go
/// into one module, because compiling is what takes the time; a module that does not compile is halved until the case is found.
/// </summary>
public sealed class ConformanceTests(ITestOutputHelper report) : IDisposable
{
    private const int PerModule = 100;

    private readonly TempFolder _folder = new();
    private readonly SortedDictionary<string, int> _notSupported = new(StringComparer.Ordinal);
    private readonly List<string> _failed = [];
    private int _passed;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Opas_own_cases_pass_on_the_embedded_engine()
    {
        var directory = await CasesAsync();
        var cases = OpaCase.Load(directory).ToArray();
        Skip(cases.Where(c => c.EntryPoint is null || c.Modules.Count == 0), "the query asks for something else than one value, or wants an error");
        using var engine = new Engine();
        foreach (var sort in cases.Where(c => c.EntryPoint is not null && c.Modules.Count > 0).GroupBy(c => c.IsV0))
        {
            foreach (var together in sort.Chunk(PerModule))
            {
                await RunAsync(engine, together);
            }
        }

        report.WriteLine($"{cases.Length} cases of OPA: {_passed} passed, {_notSupported.Values.Sum()} not supported, {_failed.Count} failed");
        foreach (var (why, count) in _notSupported)
        {
            report.WriteLine($"  {count,5} not supported: {why}");
        }

        Assert.Empty(_failed.Take(20));
        Assert.True(_passed > 0, "not one case ran");
    }

    private async Task RunAsync(Engine engine, OpaCase[] cases)
    {
        var (module, fault) = await CompileAsync(engine, cases);
        using (module)
        {
            if (module is null && cases.Length > 1)
            {
                await RunAsync(engine, cases[..(cases.Length / 2)]);
                await RunAsync(engine, cases[(cases.Length / 2)..]);
                return;
            }

            if (module is null)
            {
                Skip(cases, fault!);
                return;
            }

            foreach (var example in cases)
            {
                using var instance = new WasmInstance(engine, module, Encoding.UTF8.GetBytes(example.Data));
                Judge(example, instance);
            }
        }
    }

    private void Judge(OpaCase example, WasmInstance instance)
    {
        using var entryPoints = JsonDocument.Parse(instance.EntryPoints);
        var got = OpaCase.Undefined;
        try
        {
            var reader = new Utf8JsonReader(instance.Evaluate(entryPoints.RootElement.GetProperty(example.EntryPoint!).GetInt32(), Encoding.UTF8.GetBytes(example.Input)));
            using var results = JsonDocument.ParseValue(ref reader);
            if (results.RootElement.GetArrayLength() > 0)
            {
                got = results.RootElement[0].GetProperty("result").GetRawText();
            }
        }
        catch (Exception problem) when (problem is WasmtimeException or PolicyUnavailableException)
        {
            got = problem.Message;
        }

        if (Same(got, example.Want))
        {
            _passed++;
        }
        else
        {
            _failed.Add($"{example.Note}: expected {example.Want}, got {got}");
        }
    }

    private static bool Same(string got, string want)
    {
        if (got == OpaCase.Undefined || want == OpaCase.Undefined)
        {
            return got == want;
        }

        try
        {
            using var left = JsonDocument.Parse(got);
            using var right = JsonDocument.Parse(want);
            return JsonElement.DeepEquals(left.RootElement, right.RootElement);
        }
        catch (JsonException)
        {
            // A trap's message is no value.
            return false;
        }
    }

    /// <summary>Null when it does not compile, or needs a built-in from its host, which ours refuses to offer.</summary>
    private async Task<(Module? Module, string? Fault)> CompileAsync(Engine engine, OpaCase[] cases)
    {
        var work = Directory.CreateDirectory(_folder.File($"{cases[0].Number}-{cases.Length}")).FullName;
        foreach (var (example, index, text) in cases.SelectMany(c => c.Modules.Select((m, i) => (c, i, m))))
        {
            await File.WriteAllTextAsync(Path.Combine(work, $"case_{example.Number}_{index}.rego"), text);
        }

        List<string> arguments = ["build", "-t", "wasm", "-o", "bundle.tar.gz"];
        arguments.AddRange(cases.SelectMany(c => new[] { "-e", c.EntryPoint! }));
        if (cases[0].IsV0)
        {
            arguments.Add("--v0-compatible");
        }

        var (code, output, error) = await Opa.TryRunAsync(work, [.. arguments, "."]);
        if (code != 0)
        {
            return (null, "does not compile to wasm: " + (output + error).Split('\n')[0].Split(':')[^1].Trim());
        }

        var files = BundleArchive.Unpack(new MemoryStream(await File.ReadAllBytesAsync(Path.Combine(work, "bundle.tar.gz"))), "case", BundleTrust.DefaultMaxBytes);
        var module = Module.FromBytes(engine, "case", files["policy.wasm"]);
        using var instance = new WasmInstance(engine, module, "{}"u8.ToArray());
        using var foreign = JsonDocument.Parse(instance.Builtins);
        if (foreign.RootElement.EnumerateObject().FirstOrDefault() is { Value.ValueKind: not JsonValueKind.Undefined } builtin)
        {
            module.Dispose();
            return (null, $"built-in {builtin.Name} is not in wasm; a bundle that uses it is refused");
        }

        return (module, null);
    }

    private void Skip(IEnumerable<OpaCase> cases, string why)
    {
        foreach (var _ in cases)
        {
            _notSupported[why] = _notSupported.GetValueOrDefault(why) + 1;
        }
    }

    private static async Task<string> CasesAsync()
    {
        var script = Path.Combine(Repository.Root, "tests/Policy.Tests/Conformance/get-cases.sh");
        using var process = Process.Start(new ProcessStartInfo("bash", [script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (path, said) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(process.ExitCode == 0, $"OPA's cases are not to be had here; set KETEN_OPA_CASES. {await said}");
        return (await path).Trim();
    }
}
