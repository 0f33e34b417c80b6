using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Keten.DecisionLog.Subjects;

/// <summary>
/// The keys of the persons on this log, for its one writer. Appending threads get keys here, new ones from memory; the writer thread makes new
/// ones durable before the records that are sealed with them.
/// </summary>
internal sealed partial class SubjectKeyStore : IDisposable
{
    // Two generations of this many are kept ready in memory: about 10 MB, most of it OpenSSL's.
    private const int GenerationSize = 4096;

    private readonly Lock _gate = new();
    private readonly SubjectKeyFile _file;
    private readonly Action<SafeFileHandle> _sync;
    private readonly TimeProvider _time;
    private readonly int _maxUnwritten;

    // Under the gate. The index: about 40 bytes a person.
    private readonly Dictionary<UInt128, long> _index = [];
    private readonly SortedDictionary<long, Unwritten> _unwritten = [];
    private readonly Dictionary<long, int> _months = [];
    private long _last;

    // Read without the gate.
    private ConcurrentDictionary<string, SubjectKey> _young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, SubjectKey> _old = new(StringComparer.Ordinal);
    private long _epoch;

    private SubjectKeyStore(SubjectKeyFile file, int maxUnwritten, TimeProvider time, Action<SafeFileHandle> sync)
    {
        _file = file;
        _maxUnwritten = maxUnwritten;
        _time = time;
        _sync = sync;
    }

    /// <summary>Changes whenever keys were taken out of use: a record sealed before and not yet in a batch is sealed anew.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Keys that can be used.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _index.Count;
            }
        }
    }

    /// <summary>Slots that are not as they were written.</summary>
    public int Damaged { get; private set; }

    /// <summary>Reads the whole file once, to know who has a key.</summary>
    /// <exception cref="IOException">It cannot be read or made.</exception>
    public static SubjectKeyStore Open(string directory, int maxUnwritten, TimeProvider time, Action<SafeFileHandle> sync)
    {
        var store = new SubjectKeyStore(SubjectKeyFile.OpenForWriting(directory, sync), maxUnwritten, time, sync);
        foreach (var (first, slots, count) in store._file.Scan())
        {
            for (var i = 0; i < count; i++)
            {
                store.Load(first + i, slots.AsSpan(i * SubjectSlot.Size, SubjectSlot.Size));
            }
        }

        return store;
    }

    /// <summary>The person's key, made when there is none.</summary>
    /// <exception cref="IOException">The file cannot be read, or too many new keys wait for the disk.</exception>
    public SubjectKey Get(string pseudonym)
    {
        var month = UseMonth.Of(_time.GetUtcNow());
        return TryCached(pseudonym) is { } key && key.Month >= month ? key : GetSlowly(pseudonym, month);
    }

    /// <summary>Whether the key with this number is there and whole, so that more can be sealed with it.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool Has(long number)
    {
        Span<byte> slot = stackalloc byte[SubjectSlot.Size];
        lock (_gate)
        {
            return _unwritten.ContainsKey(number) || _file.Read(number, slot) == SlotState.Key;
        }
    }

    /// <summary>A key by its number, for a record that belongs to one sealed with it before. It never makes a new one: who was erased stays so.</summary>
    /// <exception cref="IOException">It was destroyed, or the file cannot be read.</exception>
    public SubjectKey Get(long number)
    {
        lock (_gate)
        {
            var key = Has(number) ? Load(number) : throw new IOException($"Key {number} in {SubjectKeyFile.Name} is not there: the person was erased meanwhile.");
            Use(key, UseMonth.Of(_time.GetUtcNow()));
            return key;
        }
    }

    /// <summary>Number of the person's key; null when there is none, or none any more.</summary>
    public long? NumberOf(string pseudonym)
    {
        lock (_gate)
        {
            return _index.TryGetValue(Short(pseudonym), out var number) ? number : null;
        }
    }

    /// <summary>Makes all keys handed out so far durable. By the writer thread, before it writes the records.</summary>
    /// <exception cref="IOException">The disk refuses; they are kept and tried again.</exception>
    public void Commit()
    {
        Unwritten[] keys;
        KeyValuePair<long, int>[] months;
        lock (_gate)
        {
            if (_unwritten.Count == 0 && _months.Count == 0)
            {
                return;
            }

            keys = [.. _unwritten.Values];
            months = [.. _months];
        }

        WriteSlots(keys);
        foreach (var (number, month) in months)
        {
            _file.WriteMonth(number, month);
        }

        _file.Sync(_sync);
        lock (_gate)
        {
            foreach (var key in keys)
            {
                _unwritten.Remove(key.Number);
            }

            foreach (var (number, month) in months)
            {
                // An erasure may have removed it meanwhile.
                if (_months.TryGetValue(number, out var last) && last == month)
                {
                    _months.Remove(number);
                }
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private SubjectKey? TryCached(string pseudonym)
    {
        if (_young.TryGetValue(pseudonym, out var key))
        {
            return key;
        }

        return _old.TryGetValue(pseudonym, out key) ? key : null;
    }

    private SubjectKey GetSlowly(string pseudonym, int month)
    {
        Span<byte> digest = stackalloc byte[SubjectSlot.DigestBytes];
        SubjectSlot.Digest(pseudonym, digest);
        lock (_gate)
        {
            var key = TryCached(pseudonym) ?? (_index.TryGetValue(SubjectSlot.Short(digest), out var number) ? Load(number) : Make(digest, month));
            Use(key, month);
            if (_young.Count >= GenerationSize)
            {
                _old = _young;
                _young = new(StringComparer.Ordinal);
            }

            _young[pseudonym] = key;
            return key;
        }
    }

    private void Use(SubjectKey key, int month)
    {
        if (key.Month < month)
        {
            key.UsedIn(month);
            _months[key.Number] = month;
        }
    }

    private SubjectKey Load(long number)
    {
        if (_unwritten.TryGetValue(number, out var waiting))
        {
            return new SubjectKey(number, waiting.Secret, waiting.Month);
        }

        Span<byte> slot = stackalloc byte[SubjectSlot.Size];
        return _file.Read(number, slot) == SlotState.Key
            ? new SubjectKey(number, SubjectSlot.Key(slot), Math.Max(SubjectSlot.Month(slot), _months.GetValueOrDefault(number)))
            : throw new IOException($"Key {number} in {SubjectKeyFile.Name} was whole at start and no longer is. Check the disk, and start the gateway again.");
    }

    private SubjectKey Make(ReadOnlySpan<byte> digest, int month)
    {
        if (_unwritten.Count >= _maxUnwritten)
        {
            throw new IOException($"More than {_maxUnwritten} new subject keys wait for the disk (DecisionLog:MaxPending).");
        }

        var waiting = new Unwritten(++_last, digest.ToArray(), RandomNumberGenerator.GetBytes(SubjectSlot.KeyBytes), month);
        _unwritten.Add(waiting.Number, waiting);
        _index.Add(SubjectSlot.Short(digest), waiting.Number);
        return new SubjectKey(waiting.Number, waiting.Secret, month);
    }

    private void Load(long number, ReadOnlySpan<byte> slot)
    {
        var state = SubjectSlot.State(slot, number);
        if (state == SlotState.Key)
        {
            // A later key of the same person is the one in use.
            _index[SubjectSlot.Short(SubjectSlot.Digest(slot))] = number;
        }

        Damaged += state == SlotState.Damaged ? 1 : 0;
        _last = state == SlotState.Empty ? _last : number;
    }

    /// <summary>They follow each other: numbers are handed out in order, and a key leaves the list only with all before it.</summary>
    private void WriteSlots(Unwritten[] keys)
    {
        if (keys.Length == 0)
        {
            return;
        }

        var slots = new byte[keys.Length * SubjectSlot.Size];
        for (var i = 0; i < keys.Length; i++)
        {
            SubjectSlot.Write(slots.AsSpan(i * SubjectSlot.Size), keys[i].Number, keys[i].Digest, keys[i].Secret, keys[i].Month);
        }

        _file.Write(keys[0].Number, slots);
        CryptographicOperations.ZeroMemory(slots);
    }

    private sealed record Unwritten(long Number, byte[] Digest, byte[] Secret, int Month);
}
