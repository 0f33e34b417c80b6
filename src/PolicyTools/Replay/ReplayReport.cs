namespace Keten.PolicyTools.Replay;

/// <summary>What came of running logged decisions again.</summary>
public sealed record ReplayReport
{
    /// <summary>Decisions in the log, whoever made them.</summary>
    public required int Decisions { get; init; }

    /// <summary>Decisions asked of the new policy.</summary>
    public required int Replayed { get; init; }

    /// <summary>Decisions that were not asked again, by why not.</summary>
    public required IReadOnlyDictionary<string, int> NotReplayed { get; init; }

    /// <summary>What the new policy answers otherwise, what opens first.</summary>
    public required IReadOnlyList<ReplayFlip> Flips { get; init; }

    /// <summary>Decisions for which the revision that made them, asked again, gives the same answer.</summary>
    public required int IdenticalUnderOwnRevision { get; init; }

    /// <summary>Decisions for which it does not: the record or the bundle is not what decided then.</summary>
    public required IReadOnlyList<ReplayFlip> DifferentUnderOwnRevision { get; init; }

    /// <summary>Pairs of involvements with one person and purpose, in both directions.</summary>
    public required int MatchPairs { get; init; }

    /// <summary>Those of revisions that are not at hand.</summary>
    public required int MatchPairsNotAtHand { get; init; }

    /// <summary>Who would learn more or less of whom, what opens first.</summary>
    public required IReadOnlyList<MatchFlip> MatchFlips { get; init; }

    /// <summary>Decisions of revisions that are not at hand, by revision.</summary>
    public required IReadOnlyDictionary<string, int> RevisionsNotAtHand { get; init; }
}
