using System.Numerics;
using Keten.Contracts.Identifiers;

namespace Keten.Gateway.Involvement.View;

/// <summary>
/// Rows in chunks, chained by person. Not safe for concurrent use: <see cref="InvolvementTable"/> holds the lock. Each chunk knows the first day
/// on which one of its rows is due, so that looking for due rows opens only chunks that have some.
/// </summary>
internal sealed class RowStore(Vocabulary vocabulary)
{
    private const int ChunkBits = 10;
    private const int ChunkSize = 1 << ChunkBits;
    private const ushort Never = ushort.MaxValue;

    private readonly List<InvolvementRow[]> _chunks = [];
    private readonly List<ushort> _firstDue = [];

    // Heads of chains. Rows are numbered from 1.
    private int[] _chains = new int[64];
    private int _free;
    private int _used;
    private int _rows;
    private int _forgotten;

    public Lock Gate { get; } = new();

    /// <summary>Rows, but for those of what is forgotten.</summary>
    public int Count => _rows - _forgotten;

    public ref InvolvementRow this[int number] => ref _chunks[(number - 1) >> ChunkBits][(number - 1) & (ChunkSize - 1)];

    /// <summary>First row of the chain this person is in; follow <c>Next</c>, others are in it too.</summary>
    public int First(in PersonKey person) => _chains[ChainOf(person)];

    /// <summary>0 when there is none.</summary>
    public int Find(in PersonKey person, Oin organisation, in PackedId id)
    {
        for (var number = First(person); number > 0; number = this[number].Next)
        {
            ref var row = ref this[number];
            if (row.Is(person) && row.Is(id) && vocabulary.Parties[row.Party].Oin == organisation)
            {
                return number;
            }
        }

        return 0;
    }

    public void Add(in InvolvementRow added)
    {
        if (_rows >= _chains.Length)
        {
            Grow();
        }

        var number = Take();
        ref var row = ref this[number];
        row = added;
        ref var head = ref _chains[ChainOf(added.Person)];
        (row.Next, head) = (head, number);
        _rows++;
        _forgotten += Forgotten(row);
        Schedule(number);
    }

    public void Replace(int number, in InvolvementRow replacement)
    {
        ref var row = ref this[number];
        vocabulary.Cards.Release(row.Card);
        var next = row.Next;
        _forgotten += Forgotten(replacement) - Forgotten(row);
        row = replacement;
        row.Next = next;
        Schedule(number);
    }

    public void Remove(int number)
    {
        ref var removed = ref this[number];
        ref var link = ref _chains[ChainOf(removed.Person)];
        while (link != number)
        {
            link = ref this[link].Next;
        }

        link = removed.Next;
        vocabulary.Cards.Release(removed.Card);
        _forgotten -= Forgotten(removed);
        removed = new InvolvementRow { Next = _free };
        _free = number;
        _rows--;
    }

    /// <summary>Numbers of the rows that are due on this day, of one chunk; the caller goes on to the next. What was forgotten long enough ago goes.</summary>
    /// <returns>False when there is no such chunk.</returns>
    public bool TryReadDue(int chunk, ushort today, List<int> due)
    {
        if (chunk >= _chunks.Count)
        {
            return false;
        }

        if (_firstDue[chunk] > today)
        {
            return true;
        }

        var first = Never;
        var rows = _chunks[chunk];
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].Version == 0)
            {
                continue;
            }

            var (number, day) = ((chunk << ChunkBits) + i + 1, Lifetime.DueOf(rows[i]));
            if (day <= today && rows[i].Has(RowFlags.Forgotten))
            {
                Remove(number);
                continue;
            }

            first = Math.Min(first, day);
            if (day <= today)
            {
                due.Add(number);
            }
        }

        _firstDue[chunk] = first;
        return true;
    }

    private static int Forgotten(in InvolvementRow row) => row.Has(RowFlags.Forgotten) ? 1 : 0;

    private int ChainOf(in PersonKey person) => person.GetHashCode() & (_chains.Length - 1);

    private int Take()
    {
        if (_free > 0)
        {
            var number = _free;
            _free = this[number].Next;
            return number;
        }

        if (_used == _chunks.Count << ChunkBits)
        {
            _chunks.Add(new InvolvementRow[ChunkSize]);
            _firstDue.Add(Never);
        }

        return ++_used;
    }

    private void Grow()
    {
        _chains = new int[BitOperations.RoundUpToPowerOf2((uint)_chains.Length + 1)];
        for (var number = 1; number <= _used; number++)
        {
            ref var row = ref this[number];
            if (row.Version > 0)
            {
                ref var head = ref _chains[ChainOf(row.Person)];
                (row.Next, head) = (head, number);
            }
        }
    }

    private void Schedule(int number)
    {
        var chunk = (number - 1) >> ChunkBits;
        _firstDue[chunk] = Math.Min(_firstDue[chunk], Lifetime.DueOf(this[number]));
    }
}
