using Keten.DecisionLog.Retention;

namespace Keten.DecisionLog;

/// <summary>
/// How far a follower has come: up to the first record whose effect is not done. Kept in a file beside the segments, so that a restart goes on
/// from there.
/// </summary>
internal sealed class FollowerPosition : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly CountFile _file;
    private readonly SortedSet<long> _unfinished = [];
    private long _read;
    private long _saved;
    private bool _closed;

    private FollowerPosition(string directory, CountFile file, long start)
    {
        _directory = directory;
        _file = file;
        _read = _saved = start;
    }

    /// <param name="directory">Directory of the log.</param>
    /// <param name="name">Name of the follower.</param>
    /// <param name="durable">Records there are: a log whose torn tail was cut may have fewer than were followed. A new follower begins with the first that is kept.</param>
    public static FollowerPosition Open(string directory, string name, long durable)
    {
        var file = name + LogFiles.FollowerSuffix;
        var start = Math.Max(Math.Min(CountFile.Read(directory, file), durable), RetiredNote.Read(directory));
        return new FollowerPosition(directory, CountFile.Open(directory, file), start);
    }

    /// <summary>Index of the next record to read.</summary>
    public long Next => _read;

    /// <summary>Goes back to <paramref name="next"/>, for who lost what it made of the records from there on. What is no longer kept does not come again.</summary>
    public void GoBackTo(long next)
    {
        lock (_gate)
        {
            _read = Math.Min(_read, Math.Max(next, RetiredNote.Read(_directory)));
        }
    }

    /// <summary>A record was taken; what follows from it may still be under way.</summary>
    public void Take(long index, Task<bool> effect)
    {
        lock (_gate)
        {
            _read = index + 1;
            if (effect is { IsCompletedSuccessfully: true, Result: true })
            {
                return;
            }

            _unfinished.Add(index);
        }

        _ = FinishAsync(index, effect);
    }

    /// <summary>Writes the position down when it has moved.</summary>
    public void Save()
    {
        lock (_gate)
        {
            var next = _unfinished.Count > 0 ? _unfinished.Min : _read;
            if (!_closed && next > _saved)
            {
                _file.Write(next);
                _saved = next;
            }
        }
    }

    public void Dispose()
    {
        Save();
        lock (_gate)
        {
            _closed = true;
            _file.Sync();
            _file.Dispose();
        }
    }

    // An effect that fails, or is put off, keeps the position where it is: the record comes again at the next start.
    private async Task FinishAsync(long index, Task<bool> effect)
    {
        if (!await effect)
        {
            return;
        }

        lock (_gate)
        {
            _unfinished.Remove(index);
        }

        Save();
    }
}
