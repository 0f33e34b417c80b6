using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Keten.Policy;

namespace Keten.PolicyTools;

/// <summary>A bundle that can be asked outside any gateway. Safe for concurrent use.</summary>
public sealed class LoadedPolicy : IDisposable
{
    private const int MaxAnswers = 10_000;
    private const int Attempts = 5;

    private readonly WasmPolicyEngine _engine;

    // A comparison asks hundreds of thousands of questions that have a few hundred different answers.
    private readonly ConcurrentDictionary<string, PolicyAnswer> _answers = new(StringComparer.Ordinal);

    private LoadedPolicy(PolicyBundle bundle)
    {
        _engine = new WasmPolicyEngine(bundle);
        Digest = bundle.Digest;
        try
        {
            Register = PolicyRegister.Parse(bundle.Data);
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            _engine.Dispose();
            throw new PolicyBundleException("data.json of the bundle holds no register (keten.register); build the bundle with eng/build-bundle.sh", problem);
        }
    }

    /// <summary>The bundle's revision.</summary>
    public string Revision => _engine.Revision;

    /// <summary>SHA-256 of the archive: two with the same answer everything alike.</summary>
    public string Digest { get; }

    /// <summary>The register the policy decides by, for names and for what there is to ask about.</summary>
    public PolicyRegister Register { get; }

    /// <summary>Opens a bundle file, or the bundle this version was released with.</summary>
    /// <param name="path">Null or <c>embedded</c>: the released bundle. A directory: its <c>bundle.tar.gz</c>.</param>
    /// <exception cref="PolicyBundleException">It cannot be used; the message says why.</exception>
    public static LoadedPolicy Open(string? path) => new(
        path is null or "embedded" ? PolicyBundle.Embedded()
        : PolicyBundle.Load(Directory.Exists(path) ? Path.Combine(path, "bundle.tar.gz") : path));

    /// <summary>Asks about an AuthZEN input document, as it is. An engine that fails is an answer as well: a refusal.</summary>
    public PolicyAnswer Ask(ReadOnlyMemory<byte> input)
    {
        try
        {
            return Patiently(() => Read(_engine.EvaluateRaw(input)));
        }
        catch (PolicyUnavailableException problem)
        {
            return PolicyAnswer.None(problem.Message);
        }
    }

    /// <summary>What a viewer learns of a holder's involvement (M3, M4): <c>none</c>, <c>contact</c> or <c>full</c>, and the fields it shows.</summary>
    /// <exception cref="ToolException">The policy gives no level.</exception>
    public (string Level, IReadOnlyList<string> Fields) VisibilityOf(string viewerType, string holderType, string purpose, bool shielded)
    {
        try
        {
            var visibility = Patiently(() => _engine.Visibility(viewerType, holderType, purpose, shielded));
            return (visibility.Level, visibility.Fields);
        }
        catch (PolicyUnavailableException problem)
        {
            throw new ToolException($"revision {Revision} does not say what {viewerType} learns of {holderType} for {purpose}: {problem.Message}", problem);
        }
    }

    private static T Patiently<T>(Func<T> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return ask();
            }
            catch (PolicyUnavailableException) when (attempt < Attempts)
            {
                // The engine's limit is time on the wall: on a busy machine a question may have waited instead of run. A gateway must
                // refuse then; a tool that reported it would show a change that is none.
            }
        }
    }

    private PolicyAnswer Read(byte[] resultSet) => _answers.Count < MaxAnswers
        ? _answers.GetOrAdd(Encoding.UTF8.GetString(resultSet), static (_, bytes) => PolicyAnswer.Parse(bytes), resultSet)
        : PolicyAnswer.Parse(resultSet);

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();
}
