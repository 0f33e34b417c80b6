using Keten.Contracts.Identifiers;

namespace Keten.Gateway.Involvement.View;

/// <summary>What many involvements have in common, kept once.</summary>
internal sealed class Vocabulary
{
    /// <summary>Organisations with their type. A type that changes is another entry.</summary>
    public Words<(Oin Oin, string Type)> Parties { get; } = new();

    public Words<string> Purposes { get; } = new();

    /// <summary>Lists of obligations, each joined by line feeds.</summary>
    public Words<string> Obligations { get; } = new();

    public Cards Cards { get; } = new();
}

/// <summary>A small number for each of a few values. They come from the registry and the policy, so that they stay few.</summary>
internal sealed class Words<T>
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<T, int> _numbers = [];
    private volatile T[] _values = [];
    private int _count;

    public T this[int number] => _values[number];

    public int NumberOf(T value)
    {
        lock (_gate)
        {
            if (_numbers.TryGetValue(value, out var number))
            {
                return number;
            }

            if (_count == _values.Length)
            {
                // Replaced, not changed: readers hold no lock.
                var values = new T[Math.Max(16, _count * 2)];
                _values.CopyTo(values, 0);
                _values = values;
            }

            _values[_count] = value;
            _numbers.Add(value, _count);
            return _count++;
        }
    }
}
