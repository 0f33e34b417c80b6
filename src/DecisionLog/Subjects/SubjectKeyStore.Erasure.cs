namespace Keten.DecisionLog.Subjects;

internal sealed partial class SubjectKeyStore
{
    /// <summary>Every key there is for a person, also one that a broken-off erasure left behind.</summary>
    /// <param name="pseudonym">Whom it is about.</param>
    /// <param name="lastMonth">The last month any was used in.</param>
    public IReadOnlyList<long> Find(string pseudonym, out int lastMonth)
    {
        var person = Short(pseudonym);
        var found = new SortedSet<long>();
        lastMonth = 0;
        foreach (var slot in Slots().Where(slot => slot.Person == person))
        {
            found.Add(slot.Number);
            lastMonth = Math.Max(lastMonth, slot.Month);
        }

        lock (_gate)
        {
            foreach (var key in _unwritten.Values.Where(key => SubjectSlot.Short(key.Digest) == person))
            {
                found.Add(key.Number);
                lastMonth = Math.Max(lastMonth, key.Month);
            }

            lastMonth = found.Aggregate(lastMonth, (last, number) => Math.Max(last, _months.GetValueOrDefault(number)));
        }

        return [.. found];
    }

    /// <summary>Takes the person's key out of use: whoever asks from now on gets a new one.</summary>
    public void Forget(string pseudonym)
    {
        lock (_gate)
        {
            _index.Remove(Short(pseudonym));
            ForgetCached();
        }
    }

    /// <summary>Undoes <see cref="Forget"/> when the erasure could not be put on the log.</summary>
    public void Recall(string pseudonym, long number)
    {
        lock (_gate)
        {
            _index.TryAdd(Short(pseudonym), number);
        }
    }

    /// <summary>Overwrites keys that are out of use, for good.</summary>
    /// <exception cref="IOException">The disk refuses; they may still be there.</exception>
    public void Destroy(IEnumerable<long> numbers)
    {
        Span<byte> slot = stackalloc byte[SubjectSlot.Size];
        foreach (var number in numbers)
        {
            lock (_gate)
            {
                _months.Remove(number);
            }

            SubjectSlot.WriteErased(slot, number);
            _file.Write(number, slot);
        }

        _file.Sync(_sync);
    }

    /// <summary>Destroys every key that was last used before a month; returns how many.</summary>
    /// <exception cref="IOException">The disk refuses; what is left is found again the next time.</exception>
    public int Expire(int month)
    {
        var expired = new List<long>();
        foreach (var candidate in Slots().Where(slot => slot.Month < month).ToList())
        {
            lock (_gate)
            {
                // It may have been used since it was read.
                if (!_months.ContainsKey(candidate.Number) && MonthOf(candidate.Number) < month)
                {
                    expired.Add(candidate.Number);
                    if (_index.GetValueOrDefault(candidate.Person) == candidate.Number)
                    {
                        _index.Remove(candidate.Person);
                    }
                }
            }
        }

        if (expired.Count > 0)
        {
            lock (_gate)
            {
                ForgetCached();
            }

            Destroy(expired);
        }

        return expired.Count;
    }

    private static UInt128 Short(string pseudonym)
    {
        Span<byte> digest = stackalloc byte[SubjectSlot.DigestBytes];
        SubjectSlot.Digest(pseudonym, digest);
        return SubjectSlot.Short(digest);
    }

    // All of them: erasures are rare, and the cache is small.
    private void ForgetCached()
    {
        _young = new(StringComparer.Ordinal);
        _old = new(StringComparer.Ordinal);
        Volatile.Write(ref _epoch, _epoch + 1);
    }

    private int MonthOf(long number)
    {
        Span<byte> slot = stackalloc byte[SubjectSlot.Size];
        return _file.Read(number, slot) == SlotState.Key ? SubjectSlot.Month(slot) : int.MaxValue;
    }

    private IEnumerable<(long Number, UInt128 Person, int Month)> Slots()
    {
        foreach (var (first, slots, count) in _file.Scan())
        {
            for (var i = 0; i < count; i++)
            {
                var slot = slots.AsMemory(i * SubjectSlot.Size, SubjectSlot.Size);
                if (SubjectSlot.State(slot.Span, first + i) == SlotState.Key)
                {
                    yield return (first + i, SubjectSlot.Short(SubjectSlot.Digest(slot.Span)), SubjectSlot.Month(slot.Span));
                }
            }
        }
    }
}
