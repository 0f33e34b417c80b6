namespace Keten.LogTools.Query;

/// <summary>
/// Joins outcomes to decisions in one pass. It holds the calls that are open at one moment: those under way, and those a gateway did not live to
/// see the end of.
/// </summary>
internal sealed class CallJoiner<T>
{
    private readonly Dictionary<string, T> _open = new(StringComparer.Ordinal);
    private readonly List<T> _superseded = [];

    /// <summary>Those whose end has not come, in no order.</summary>
    public IEnumerable<T> Open => _superseded.Concat(_open.Values);

    /// <summary>A decision whose outcome is awaited. An id that comes twice, which no gateway makes, leaves the first one open.</summary>
    public void Begin(string decisionId, T decision)
    {
        if (_open.Remove(decisionId, out var earlier))
        {
            _superseded.Add(earlier);
        }

        _open.Add(decisionId, decision);
    }

    /// <summary>The decision an outcome belongs to; false when none awaits it.</summary>
    public bool TryEnd(string decisionId, out T decision) => _open.Remove(decisionId, out decision!);
}
