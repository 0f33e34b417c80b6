using System.Globalization;
using Keten.LogTools.Query;

namespace Keten.LogTools.Statistics;

/// <summary>Counts calls as a whole, by one of their properties, and by reason of refusal or failure.</summary>
public sealed class CallStatistics
{
    // A purpose is what a caller wrote: no more groups than a person reads, whatever comes in.
    private const int MostGroups = 10_000;
    private const string Rest = "(others)";

    private readonly CallCounts _all = new();
    private readonly Dictionary<string, CallCounts> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CallCounts> _reasons = new(StringComparer.Ordinal);
    private readonly StatisticsBy _by;

    public CallStatistics(StatisticsBy by) => _by = by;

    public void Add(LoggedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _all.Add(call);
        foreach (var name in GroupsOf(call))
        {
            Of(_groups, name).Add(call);
        }

        if (call.Standing != CallStanding.Allowed)
        {
            Of(_reasons, ReasonOf(call)).Add(call);
        }
    }

    /// <summary>The figures.</summary>
    /// <param name="exact">Small counts too: not for management information.</param>
    public StatisticsReport Report(bool exact) => new(CallFigures.Of("all", _all, exact), Figures(_groups, exact), Reasons(exact));

    private static List<CallFigures> Figures(Dictionary<string, CallCounts> groups, bool exact)
    {
        var ordered = groups.OrderByDescending(group => group.Value.Total).ThenBy(group => group.Key, StringComparer.Ordinal).ToList();
        var shown = SmallCounts.Hide([.. ordered.Select(group => group.Value.Total)]);
        return [.. ordered.Select((group, i) => CallFigures.Of(group.Key, group.Value, exact, hidden: !exact && shown[i] is null))];
    }

    private List<ReasonCount> Reasons(bool exact)
    {
        var ordered = _reasons.OrderByDescending(reason => reason.Value.Total).ThenBy(reason => reason.Key, StringComparer.Ordinal).ToList();
        var counts = ordered.ConvertAll(reason => reason.Value.Total);
        var shown = exact ? [.. counts.Cast<long?>()] : SmallCounts.Hide(counts);
        return [.. ordered.Select((reason, i) => new ReasonCount(reason.Key, shown[i]))];
    }

    private static CallCounts Of(Dictionary<string, CallCounts> groups, string name)
    {
        name = name.Length > 0 ? name : "(none)";
        if (!groups.TryGetValue(name, out var counts))
        {
            name = groups.Count < MostGroups ? name : Rest;
            counts = groups.TryGetValue(name, out var rest) ? rest : groups[name] = new CallCounts();
        }

        return counts;
    }

    private IEnumerable<string> GroupsOf(LoggedCall call) => _by switch
    {
        StatisticsBy.Purpose => [call.Decided.Purpose],
        StatisticsBy.Participant => [.. new[] { call.Decided.Caller?.Oin ?? "", call.Decided.Target?.Oin ?? "" }.Distinct(StringComparer.Ordinal)],
        StatisticsBy.Reason => [ReasonOf(call)],
        StatisticsBy.Operation => [call.Decided.Operation],
        StatisticsBy.Outcome => [call.Standing.ToString().ToLowerInvariant()],
        StatisticsBy.Day => [call.At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)],
        StatisticsBy.Month => [call.At.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture)],
        _ => [],
    };

    private static string ReasonOf(LoggedCall call) =>
        call.Standing == CallStanding.Failed && call.Ended is { } ended ? ended.ReasonCode is { Length: > 0 } code ? code
            : string.Create(CultureInfo.InvariantCulture, $"GRPC_STATUS_{ended.GrpcStatus}") : call.Decided.ReasonCode;
}
