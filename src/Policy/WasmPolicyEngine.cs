using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Wasmtime;

namespace Keten.Policy;

/// <summary>
/// The compiled bundle run in this process on Wasmtime: about the cost of a function call, and nothing to reach that could be down.
/// Instances are pooled; an instance is held only while it evaluates, never across an await.
/// </summary>
public sealed partial class WasmPolicyEngine : IPolicyEngine, IDisposable
{
    private const int MostRemembered = 10_000;

    private static readonly TimeSpan EpochLength = TimeSpan.FromMilliseconds(10);

    private readonly PolicyBundle _bundle;
    private readonly Engine _engine;
    private readonly Module _module;
    private readonly Timer _epochs;
    private readonly ConcurrentStack<WasmInstance> _idle = new();
    private readonly ConcurrentDictionary<(string Viewer, string Holder, string Purpose, bool Shielded), InvolvementVisibility> _visibility = new();
    private readonly NamedMembers _named;
    private readonly int _decision;
    private readonly int _level;
    private bool _disposed;

    /// <summary>Compiles the bundle and checks that it can be run here.</summary>
    /// <exception cref="PolicyBundleException">It needs a built-in this host does not offer, lacks an entry point, or is no OPA module.</exception>
    public WasmPolicyEngine(PolicyBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        _bundle = bundle;
        _named = NamedMembers.In(bundle);
        using var config = new Config();
        config.WithEpochInterruption(true);
        _engine = new Engine(config);
        try
        {
            _module = Module.FromBytes(_engine, "policy", bundle.Wasm);
            var instance = new WasmInstance(_engine, _module, bundle.Data);
            RefuseBuiltins(instance.Builtins);
            _decision = EntryPoint(instance.EntryPoints, PolicyBundle.DecisionEntryPoint);
            _level = EntryPoint(instance.EntryPoints, PolicyBundle.VisibilityEntryPoint);
            _idle.Push(instance);
        }
        catch (Exception problem) when (problem is WasmtimeException or PolicyUnavailableException or PolicyBundleException)
        {
            _module?.Dispose();
            _engine.Dispose();
            throw problem as PolicyBundleException
                ?? new PolicyBundleException("policy.wasm cannot be loaded: " + problem.Message.Split('\n')[0], problem);
        }

        _epochs = new Timer(static engine => ((Engine)engine!).IncrementEpoch(), _engine, EpochLength, EpochLength);
    }

    /// <inheritdoc/>
    public string Revision => _bundle.Revision;

    /// <inheritdoc/>
    public ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Evaluate(
            _decision, (Input: input, Named: _named), static (question, writer) => question.Input.WriteTo(writer, question.Named), ReadDecision));
    }

    /// <inheritdoc/>
    public ValueTask<InvolvementVisibility> VisibilityAsync(
        string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var key = (viewerType, holderType, purpose, shielded);
        if (_visibility.TryGetValue(key, out var known))
        {
            return ValueTask.FromResult(known);
        }

        var visibility = Evaluate(_level, new VisibilityInput(viewerType, holderType, purpose, shielded), static (input, writer) => input.WriteTo(writer), ReadVisibility);
        return ValueTask.FromResult(_visibility.Count < MostRemembered ? _visibility.GetOrAdd(key, visibility) : visibility);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _epochs.Dispose();
        while (_idle.TryPop(out var instance))
        {
            instance.Dispose();
        }

        _module.Dispose();
        _engine.Dispose();
    }

    private delegate T ResultReader<out T>(ReadOnlySpan<byte> resultSet, string revision);

    private static PolicyDecision ReadDecision(ReadOnlySpan<byte> resultSet, string revision)
    {
        var answer = DecisionReader.Open(resultSet);
        return DecisionReader.Read(ref answer, revision);
    }

    private static InvolvementVisibility ReadVisibility(ReadOnlySpan<byte> resultSet, string revision)
    {
        var answer = DecisionReader.Open(resultSet);
        return DecisionReader.ReadVisibility(ref answer, revision);
    }

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    private T Evaluate<TInput, T>(int entryPoint, TInput input, Action<TInput, Utf8JsonWriter> writeInput, ResultReader<T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        var writer = t_writer ??= new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.Reset(buffer);
        writeInput(input, writer);
        writer.Flush();

        if (!_idle.TryPop(out var instance))
        {
            instance = new WasmInstance(_engine, _module, _bundle.Data);
        }

        T result;
        try
        {
            result = read(instance.Evaluate(entryPoint, buffer.WrittenSpan), _bundle.Revision);
        }
        catch (Exception problem) when (problem is WasmtimeException or JsonException or InvalidOperationException or PolicyUnavailableException)
        {
            // Whatever state the failure left behind goes with the instance.
            instance.Dispose();
            throw problem as PolicyUnavailableException ?? problem.InnerException as PolicyUnavailableException
                ?? new PolicyUnavailableException("the policy failed: " + problem.Message.Split('\n')[0], problem);
        }

        _idle.Push(instance);
        return result;
    }

    private static void RefuseBuiltins(string json)
    {
        using var builtins = JsonDocument.Parse(json);
        var names = builtins.RootElement.EnumerateObject().Select(b => b.Name).ToArray();
        if (names.Length > 0)
        {
            throw new PolicyBundleException(
                $"the policy uses built-ins this engine does not offer: {string.Join(", ", names)}; use only those OPA compiles into wasm");
        }
    }

    private static int EntryPoint(string json, string name)
    {
        using var entryPoints = JsonDocument.Parse(json);
        return entryPoints.RootElement.TryGetProperty(name, out var id) ? id.GetInt32()
            : throw new PolicyBundleException($"the bundle has no entry point {name}; build it with -e {name}");
    }
}
