namespace Keten.DecisionLog;

/// <summary>
/// A record was refused because a field holds a number that passes the elfproef and so could be a BSN. An <see cref="IOException"/>,
/// because for the caller it is the same: not on the log, no access. The number is nowhere in this exception.
/// </summary>
public sealed class BsnInRecordException : IOException
{
    internal BsnInRecordException(string field)
        : base($"Field '{field}' holds a nine-digit number that passes the elfproef. The decision log takes pseudonyms only: find what put it there.") =>
        Field = field;

    /// <summary>Path of the field in the record, for instance <c>decision.case_reference</c>.</summary>
    public string Field { get; }
}
