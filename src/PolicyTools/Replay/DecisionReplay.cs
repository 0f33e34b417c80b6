using Keten.PolicyTools.Diff;
using Keten.Protocol.V1;

namespace Keten.PolicyTools.Replay;

/// <summary>
/// Runs logged decisions again. Time and facts are in the record and the policy reads nothing else, so the same revision must give the same
/// answer, and another one shows what it would have done. The log is the gateway's: what only targets know (a secret address, restricted
/// inspection, an objecting child) was decided there and is not in it.
/// </summary>
public sealed class DecisionReplay
{
    private const int IdsShown = 5;

    private readonly LoadedPolicy _changed;
    private readonly Dictionary<string, LoadedPolicy> _own;
    private readonly Dictionary<string, int> _notReplayed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _notAtHand = new(StringComparer.Ordinal);
    private readonly List<(DecisionRecord Record, AnswerChange Change)> _flips = [];
    private readonly List<(DecisionRecord Record, AnswerChange Change)> _different = [];
    private readonly MatchReplay _matches;
    private int _decisions;
    private int _replayed;
    private int _identical;

    /// <summary>Prepares a replay.</summary>
    /// <param name="changed">The policy to try.</param>
    /// <param name="own">Policies that may have made the decisions; each is used for records of its revision.</param>
    public DecisionReplay(LoadedPolicy changed, IEnumerable<LoadedPolicy> own)
    {
        _changed = changed;
        _own = own.Append(changed).DistinctBy(policy => policy.Revision).ToDictionary(policy => policy.Revision, StringComparer.Ordinal);
        _matches = new MatchReplay(changed, _own);
    }

    /// <summary>Takes one record; outcomes of calls are passed over.</summary>
    public void Add(LogRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Decision is not { } decision)
        {
            return;
        }

        _decisions++;
        _matches.Add(decision);
        if (LoggedDecision.From(decision, out var why) is not { } logged)
        {
            Count(_notReplayed, why);
            return;
        }

        _replayed++;
        if (AnswerChange.Between(logged.Answer, _changed.Ask(logged.Input)) is { } flip)
        {
            _flips.Add((decision, flip));
        }

        if (!_own.TryGetValue(decision.PolicyRevision, out var own))
        {
            Count(_notAtHand, decision.PolicyRevision);
        }
        else if (AnswerChange.Between(logged.Answer, own.Ask(logged.Input)) is { } difference)
        {
            _different.Add((decision, difference));
        }
        else
        {
            _identical++;
        }
    }

    /// <summary>What came of it.</summary>
    public ReplayReport Report()
    {
        var (matchFlips, pairs, pairsNotAtHand) = _matches.Report();
        return new ReplayReport
        {
            Decisions = _decisions,
            Replayed = _replayed,
            NotReplayed = _notReplayed,
            Flips = Group(_flips),
            MatchPairs = pairs,
            MatchPairsNotAtHand = pairsNotAtHand,
            MatchFlips = matchFlips,
            IdenticalUnderOwnRevision = _identical,
            DifferentUnderOwnRevision = Group(_different),
            RevisionsNotAtHand = _notAtHand,
        };
    }

    private static void Count(Dictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static List<ReplayFlip> Group(List<(DecisionRecord Record, AnswerChange Change)> changes) =>
    [
        .. from item in changes
           let r = item.Record
           group item by (r.Caller.Oin, r.Caller.OrganisationType, r.Purpose, r.Category, r.Action, item.Change.Key) into alike
           let change = alike.First().Change
           orderby change.Kind, alike.Key.Oin, alike.Key.Purpose, alike.Key.Category, alike.Key.Action
           select new ReplayFlip(
               alike.Key.Oin, alike.Key.OrganisationType, alike.Key.Purpose, alike.Key.Category, alike.Key.Action, change, alike.Count(),
               [.. alike.Take(IdsShown).Select(item => item.Record.DecisionId)]),
    ];
}
