namespace Keten.LogTools.Statistics;

/// <summary>What calls are grouped by.</summary>
public enum StatisticsBy
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Purpose id.</summary>
    Purpose,

    /// <summary>OIN, as caller or as target: a call counts with both.</summary>
    Participant,

    /// <summary>Exact code: of the outcome where the call failed, else of the decision.</summary>
    Reason,

    /// <summary>Path of the operation.</summary>
    Operation,

    /// <summary>How the call stands.</summary>
    Outcome,

    /// <summary>Day of the decision, UTC.</summary>
    Day,

    /// <summary>Month of the decision, UTC.</summary>
    Month,
}
