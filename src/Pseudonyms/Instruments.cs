using System.Diagnostics.Metrics;
using Keten.Contracts.Identifiers;

namespace Keten.Pseudonyms;

/// <summary>Metrics under <c>Keten.Pseudonyms</c>. Participants are organisations, so they may be told apart here.</summary>
internal static class Instruments
{
    private const string Participant = "participant";

    private static readonly Meter Meter = new("Keten.Pseudonyms");
    private static readonly Counter<long> Elements = Meter.CreateCounter<long>("keten.pseudonyms.evaluated", "{element}", "Elements evaluated.");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("keten.pseudonyms.refused", "{call}", "Calls refused, by reason.");
    private static readonly Counter<long> Alarms = Meter.CreateCounter<long>("keten.pseudonyms.budget_alarms", "{alarm}", "Budgets nearly or wholly used.");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("keten.pseudonyms.duration", "s", "Time of one evaluation and its proof.");

    public static void Evaluated(Oin participant, string keyId, int count, TimeSpan took)
    {
        Elements.Add(count, new(Participant, participant.Value), new("key", keyId));
        Seconds.Record(took.TotalSeconds);
    }

    public static void Refused(string reason) => Refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void BudgetAlarm(Oin participant) => Alarms.Add(1, new(Participant, participant.Value), new("kind", "nearly"));

    public static void BudgetRefused(Oin participant) => Alarms.Add(1, new(Participant, participant.Value), new("kind", "refused"));
}
