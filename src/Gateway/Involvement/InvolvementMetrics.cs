using System.Diagnostics.Metrics;
using Keten.Events;
using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement;

/// <summary>What the exchange does, in numbers: nothing here tells of a person or of an organisation.</summary>
internal sealed class InvolvementMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Keten.Gateway.Involvement";

    private readonly Meter _meter;
    private readonly Counter<long> _notifications;
    private readonly Counter<long> _repeats;
    private readonly Counter<long> _viewRepeats;
    private readonly Counter<long> _deadLetters;
    private readonly Counter<long> _expired;
    private volatile BrokerNumbers? _atBroker;

    public InvolvementMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _notifications = _meter.CreateCounter<long>("keten.involvement.notifications", "{notification}", "Notifications the broker has taken, by `kind`: match, match-ended, role-changed, ends-soon (the reminder), own-ended, lead-asked, lead-missing, receipt, break-glass-used.");
        _repeats = _meter.CreateCounter<long>("keten.involvement.repeats", "{report}", "Duplicates dropped at the intake: reports that were taken in before and had no second effect.");
        _viewRepeats = _meter.CreateCounter<long>("keten.involvement.view.repeats", "{record}", "Duplicates dropped by the view: records that say nothing newer than what is held.");
        _deadLetters = _meter.CreateCounter<long>("keten.involvement.dead_letters", "{record}", "Records set aside, by `reason`.");
        _expired = _meter.CreateCounter<long>("keten.involvement.expired", "{involvement}", "What days brought about, by `what`: reminded, ended, forgotten, escalated.");
        _meter.CreateObservableGauge("keten.involvement.lag", Lag, "{record}", "Records not finished, of all replicas together, by `group`: keten-intake, keten-matcher.");
        _meter.CreateObservableGauge("keten.involvement.dead_letters.kept", DeadLetters, "{record}", "Records in the dead-letter topics, by `topic`: involvement (of all participants), involvement-by-person. The note of a redrive counts too.");
    }

    /// <summary>What the broker says; null when it does not answer.</summary>
    public void Saw(BrokerNumbers? numbers) => _atBroker = numbers;

    public void Notified(string kind) => _notifications.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Repeated() => _repeats.Add(1);

    public void ViewRepeated() => _viewRepeats.Add(1);

    public void SetAside(string reason) => _deadLetters.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Expired(string what) => _expired.Add(1, new KeyValuePair<string, object?>("what", what));

    /// <summary>Shows how large the view is and how far it and the matcher are behind the log.</summary>
    public void Watch(InvolvementView view, ViewReader reader, MatchService matching)
    {
        _meter.CreateObservableGauge("keten.involvement.view.size", () => view.Table.Count, "{involvement}", "Involvements held, ended ones included.");
        _meter.CreateObservableGauge(
            "keten.involvement.view.lag", () => reader.Lags().Select(Measure), "{record}", "Records this replica's view has not taken in, by `partition`.");
        _meter.CreateObservableGauge(
            "keten.involvement.matcher.lag", () => matching.Lags().Select(Measure), "{record}", "Records not matched, by `partition` this replica matches.");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Measure((int Partition, long Lag) part) => new(part.Lag, new KeyValuePair<string, object?>("partition", part.Partition));

    private IEnumerable<Measurement<long>> Lag() => _atBroker is not { } numbers ? [] :
        [new(numbers.IntakeLag, new KeyValuePair<string, object?>("group", ConsumerGroups.Intake)), new(numbers.MatcherLag, new KeyValuePair<string, object?>("group", ConsumerGroups.Matcher))];

    private IEnumerable<Measurement<long>> DeadLetters() => _atBroker is not { } numbers ? [] :
        [new(numbers.DeadReports, new KeyValuePair<string, object?>("topic", "involvement")), new(numbers.DeadInvolvements, new KeyValuePair<string, object?>("topic", "involvement-by-person"))];
}
