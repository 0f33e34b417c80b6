using System.Text;
using Wasmtime;

namespace Keten.Policy;

/// <summary>
/// One instance of the compiled policy with the register already in its memory. Not safe for concurrent use; the engine pools them.
/// The calls and their order are OPA's Wasm ABI 1.2 (https://www.openpolicyagent.org/docs/wasm).
/// </summary>
internal sealed class WasmInstance : IDisposable
{
    private const int PageBytes = 65536;

    // 256 MB: the register takes a few, and a policy that wants more has run away.
    private const int MaxPages = 4096;
    private const int FormatJson = 0;

    private readonly Store _store;
    private readonly RunLimit _limit = new();
    private readonly Memory _memory;
    private readonly Func<int, int, int, int, int, int, int, int> _evaluate;
    private readonly int _data;
    private readonly int _heapStart;

    public WasmInstance(Engine engine, Module module, byte[] data)
    {
        _store = new Store(engine);
        _store.SetEpochDeadline(ulong.MaxValue / 2);
        var limit = _limit;
        _store.SetEpochDeadlineCallback(_ => limit.Look());
        using var linker = new Linker(engine);
        _memory = new Memory(_store, 8, MaxPages);
        linker.Define("env", "memory", _memory);
        linker.DefineFunction("env", "opa_abort", (int address) => throw new PolicyUnavailableException("the policy aborted: " + TextAt(address)));
        linker.DefineFunction("env", "opa_println", (int _) => { });

        // Never called: the load refuses a bundle that needs a built-in from its host.
        linker.DefineFunction("env", "opa_builtin0", (int _, int _) => 0);
        linker.DefineFunction("env", "opa_builtin1", (int _, int _, int _) => 0);
        linker.DefineFunction("env", "opa_builtin2", (int _, int _, int _, int _) => 0);
        linker.DefineFunction("env", "opa_builtin3", (int _, int _, int _, int _, int _) => 0);
        linker.DefineFunction("env", "opa_builtin4", (int _, int _, int _, int _, int _, int _) => 0);
        var instance = linker.Instantiate(_store, module);

        _evaluate = instance.GetFunction<int, int, int, int, int, int, int, int>("opa_eval") ?? throw Missing("opa_eval");
        var allocate = instance.GetFunction<int, int>("opa_malloc") ?? throw Missing("opa_malloc");
        var parse = instance.GetFunction<int, int, int>("opa_json_parse") ?? throw Missing("opa_json_parse");
        var heap = instance.GetFunction<int>("opa_heap_ptr_get") ?? throw Missing("opa_heap_ptr_get");
        var dump = instance.GetFunction<int, int>("opa_json_dump") ?? throw Missing("opa_json_dump");

        Builtins = TextAt(dump((instance.GetFunction<int>("builtins") ?? throw Missing("builtins"))()));
        EntryPoints = TextAt(dump((instance.GetFunction<int>("entrypoints") ?? throw Missing("entrypoints"))()));

        var address = allocate(data.Length);
        data.CopyTo(_memory.GetSpan(address, data.Length));
        _data = parse(address, data.Length);
        if (_data == 0)
        {
            throw new PolicyBundleException("data.json of the bundle is no JSON");
        }

        // Everything an evaluation allocates lies above this and is dropped by starting here again: the register is never copied or parsed per call.
        _heapStart = heap();
    }

    /// <summary>JSON object: built-ins the host must offer.</summary>
    public string Builtins { get; }

    /// <summary>JSON object: entry point name to id.</summary>
    public string EntryPoints { get; }

    /// <summary>Evaluates an entry point. The span is the result set as JSON and lives until the next call.</summary>
    public ReadOnlySpan<byte> Evaluate(int entryPoint, ReadOnlySpan<byte> input)
    {
        var needed = (long)_heapStart + input.Length;
        if (needed > _memory.GetLength())
        {
            _memory.Grow((needed - _memory.GetLength() + PageBytes - 1) / PageBytes);
        }

        input.CopyTo(_memory.GetSpan(_heapStart, input.Length));
        _limit.Begin();
        _store.SetEpochDeadline(RunLimit.EpochsBetweenLooks);
        var result = _evaluate(0, entryPoint, _data, _heapStart, input.Length, _heapStart + ((input.Length + 7) & ~7), FormatJson);
        return BytesAt(result);
    }

    public void Dispose() => _store.Dispose();

    private static PolicyBundleException Missing(string export) =>
        new($"policy.wasm does not export {export}; build it with OPA 1.4 or later");

    private ReadOnlySpan<byte> BytesAt(int address)
    {
        var rest = _memory.GetSpan(address, checked((int)(_memory.GetLength() - address)));
        var end = rest.IndexOf((byte)0);
        return end < 0 ? throw new PolicyUnavailableException("the policy's answer has no end") : rest[..end];
    }

    private string TextAt(int address) => Encoding.UTF8.GetString(BytesAt(address));
}
