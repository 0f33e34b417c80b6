using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Bench.Chaos;

/// <summary>What every organisation should hear and what it heard. One organisation's view of one involvement of another goes through match, change, end.</summary>
internal sealed class Ledger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Fact, int> _heard = [];
    private readonly Dictionary<Fact, string> _ids = [];
    private readonly HashSet<Fact> _due = [];
    private readonly HashSet<Fact> _optional = [];
    private readonly Dictionary<(string Reporter, string InvolvementId), long> _reported = [];
    private readonly HashSet<(string Reporter, string InvolvementId, long Version)> _answered = [];
    private long _dueHeard;
    private long _refused;

    /// <summary>Grows with everything heard.</summary>
    public long Progress { get; private set; }

    public long Due
    {
        get
        {
            lock (_gate)
            {
                return _due.Count;
            }
        }
    }

    /// <summary>Everything that is due was heard, and every report was answered.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_gate)
            {
                return _dueHeard == _due.Count && _reported.All(r => _answered.Contains((r.Key.Reporter, r.Key.InvolvementId, r.Value)));
            }
        }
    }

    public void Reported(Oin reporter, string involvementId, long version)
    {
        lock (_gate)
        {
            _reported[(reporter.Value, involvementId)] = version;
        }
    }

    public void Expect(Fact fact)
    {
        lock (_gate)
        {
            if (_due.Add(fact) && _heard.ContainsKey(fact))
            {
                _dueHeard++;
            }
        }
    }

    /// <summary>May come and need not: who leaves at the same time as another may or may not hear of it.</summary>
    public void Allow(Fact fact)
    {
        lock (_gate)
        {
            _optional.Add(fact);
        }
    }

    public void Heard(Oin viewer, Notification notification)
    {
        lock (_gate)
        {
            Progress++;
            switch (notification.ContentCase)
            {
                case Notification.ContentOneofCase.Receipt:
                    var receipt = notification.Receipt;
                    _answered.Add((viewer.Value, receipt.InvolvementId, receipt.Version));
                    _refused += receipt.Accepted ? 0 : 1;
                    break;
                case Notification.ContentOneofCase.Match:
                    var match = notification.Match;
                    Count(new Fact(viewer.Value, match.OwnInvolvementId, match.AboutOin, FactKind.Match, match.Involvement.ContactPhone), notification);
                    break;
                case Notification.ContentOneofCase.RoleChanged:
                    var changed = notification.RoleChanged;
                    Count(new Fact(viewer.Value, changed.OwnInvolvementId, changed.AboutOin, FactKind.Changed, changed.Involvement.ContactPhone), notification);
                    break;
                case Notification.ContentOneofCase.MatchEnded:
                    var ended = notification.MatchEnded;
                    Count(new Fact(viewer.Value, ended.OwnInvolvementId, ended.AboutOin, FactKind.Ended, ""), notification);
                    break;
            }
        }
    }

    public (long Delivered, long Lost, long Duplicates, long Undue, long Refused) Count()
    {
        lock (_gate)
        {
            var unanswered = _reported.Count(r => !_answered.Contains((r.Key.Reporter, r.Key.InvolvementId, r.Value)));
            return (_dueHeard, _due.Count - _dueHeard + unanswered, _heard.Values.Sum(times => times - 1L),
                _heard.Keys.Count(fact => !_due.Contains(fact) && !_optional.Contains(fact)), _refused);
        }
    }

    /// <summary>The first few that are lost, doubled or undue, to look for.</summary>
    public IReadOnlyList<string> Examples(int most)
    {
        lock (_gate)
        {
            return
            [
                .. _due.Where(fact => !_heard.ContainsKey(fact)).Take(most).Select(fact => $"lost: {fact}"),
                .. _reported.Where(r => !_answered.Contains((r.Key.Reporter, r.Key.InvolvementId, r.Value))).Take(most).Select(r => $"not answered: {r.Key.InvolvementId}, version {r.Value}"),
                .. _heard.Where(heard => heard.Value > 1).Take(most).Select(heard => $"{heard.Value} times: {heard.Key}"),
                .. _heard.Keys.Where(fact => !_due.Contains(fact) && !_optional.Contains(fact)).Take(most).Select(fact => $"undue: {fact}"),
            ];
        }
    }

    /// <summary>The organisation's own involvement of the first notification that came once more or should not have come, and what was heard of it; null while all is well.</summary>
    public (string InvolvementId, IReadOnlyList<string> Heard)? FirstFault()
    {
        lock (_gate)
        {
            return _heard.Where(heard => heard.Value > 1 || (!_due.Contains(heard.Key) && !_optional.Contains(heard.Key))).Select(heard => heard.Key.OwnInvolvement).FirstOrDefault() is { } id
                ? (id, [.. _heard.Where(heard => heard.Key.OwnInvolvement == id).Select(heard => $"{heard.Value} x {heard.Key}: {_ids[heard.Key]}")])
                : null;
        }
    }

    private void Count(Fact fact, Notification notification)
    {
        _ids[fact] = _ids.TryGetValue(fact, out var ids) ? $"{ids} {notification.NotificationId}" : notification.NotificationId;
        if (!_heard.TryAdd(fact, 1))
        {
            _heard[fact]++;
        }
        else if (_due.Contains(fact))
        {
            _dueHeard++;
        }
    }
}

/// <summary>What happened to what a viewer may know of a holder.</summary>
internal enum FactKind
{
    Match,
    Changed,
    Ended,
}

/// <summary>One thing one organisation hears once.</summary>
/// <param name="Viewer">OIN of who hears it.</param>
/// <param name="OwnInvolvement">Its own involvement.</param>
/// <param name="About">OIN of the holder.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Phone">The holder's phone as told, so that a change is a fact of its own.</param>
internal readonly record struct Fact(string Viewer, string OwnInvolvement, string About, FactKind Kind, string Phone);
