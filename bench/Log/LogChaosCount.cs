using System.Diagnostics;
using System.Globalization;
using Keten.Bench.Rig;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Keten.LogTools.Index;
using Keten.LogTools.Reconcile;
using Microsoft.Data.Sqlite;

namespace Keten.Bench.Log;

/// <summary>Counts, from the files that are left: what the gateways recorded, what the adapters saw, and what the askers were answered.</summary>
internal sealed class LogChaosCount(FederationRig rig, ReadLoad load)
{
    private const int MostExamples = 5;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, DateTimeOffset> _decisions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _traces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _transactions = new(StringComparer.Ordinal);
    private readonly List<string> _examples = [];
    private long _missing;
    private long _late;

    public async Task<LogChaosReport> ReportAsync(int kills, Stopwatch taken, CancellationToken cancellationToken)
    {
        var gateways = Enumerable.Range(0, rig.Gateways.Count).ToList();
        gateways.ForEach(ReadDecisions);
        foreach (var transaction in load.Answered.Where(transaction => !_transactions.Contains(transaction)))
        {
            Missing($"answered, and not on a log: transaction {transaction}");
        }

        var damage = await Task.Run(() => gateways.Sum(gateway => Verify(gateway, cancellationToken)), cancellationToken);
        return new LogChaosReport
        {
            Kills = kills,
            Sent = load.Sent,
            Answered = load.Answered.Count,
            Decisions = _decisions.Count,
            Reached = rig.Organisations.Sum(AtTheDoor),
            Disclosed = rig.Organisations.Sum(OnItsRecord),
            Missing = _missing,
            Late = _late,
            Damage = damage,
            Differences = Reconcile(gateways, cancellationToken),
            Gateways = gateways.Count,
            Seconds = Math.Round(taken.Elapsed.TotalSeconds, 1),
            Examples = _examples,
        };
    }

    private void ReadDecisions(int gateway)
    {
        foreach (var record in DecisionLogReader.Read(rig.DecisionLog(gateway)))
        {
            if (record.Decision is { Allowed: true, EnforcementPoint: "gateway" } decision)
            {
                _decisions[decision.DecisionId] = record.RecordedAt.ToDateTimeOffset();
                _traces.Add(decision.TraceId);
                _transactions.Add(decision.TransactionId);
            }
        }
    }

    private long AtTheDoor(RigOrganisation organisation)
    {
        var traces = AdapterDoor.Traces(Path.Combine(rig.DirectoryOf(organisation), "adapter.log"), "/keten.person.v1.PersonService/").ToList();
        foreach (var trace in traces.Where(trace => !_traces.Contains(trace)))
        {
            Missing($"reached {organisation.Type}, and not on a log: trace {trace}");
        }

        return traces.Count;
    }

    private long OnItsRecord(RigOrganisation organisation)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(rig.DirectoryOf(organisation), "adapter.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false,
        }.ConnectionString);
        connection.Open();
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT decision_id, occurred_at FROM disclosure";
        using var reader = select.ExecuteReader();
        var lines = 0L;
        while (reader.Read())
        {
            lines++;
            var (id, at) = (reader.GetString(0), DateTimeOffset.Parse(reader.GetString(1), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
            if (!_decisions.TryGetValue(id, out var recorded))
            {
                Missing($"on the record of {organisation.Type}, and not on a log: decision {id}");
            }
            else if (recorded > at)
            {
                _late++;
                Example($"recorded at {recorded:O}, after {organisation.Type} had it at {at:O}: decision {id}");
            }
        }

        return lines;
    }

    private long Verify(int gateway, CancellationToken cancellationToken)
    {
        var report = new LogVerifier(rig.DecisionLog(gateway), new VerifyTerms { Key = NoteSigningKey.Load(rig.DecisionLogKey(gateway)).Verifier }).Verify(cancellationToken);
        foreach (var finding in report.Findings)
        {
            Example($"gateway {gateway}: {finding.What}: {finding.Text}");
        }

        return report.Findings.Count;
    }

    private long Reconcile(List<int> gateways, CancellationToken cancellationToken)
    {
        var indexes = gateways.ConvertAll(gateway => CallIndex.Open(rig.DecisionLog(gateway), rig.DecisionLog(gateway) + ".index", null, null, cancellationToken));
        try
        {
            var report = Reconciliation.Run(
                [.. gateways.Select(gateway => GatewayRecord.Of(rig.DecisionLog(gateway), indexes[gateway]))], [.. rig.Organisations.Select(rig.DirectoryOf)],
                Window, cancellationToken);
            foreach (var finding in report.Findings)
            {
                Example($"{finding.Kind}: decision {finding.DecisionId}: {finding.Text}");
            }

            return report.Counts.Values.Sum();
        }
        finally
        {
            indexes.ForEach(index => index.Dispose());
        }
    }

    private void Missing(string text)
    {
        _missing++;
        Example(text);
    }

    private void Example(string text)
    {
        if (_examples.Count < MostExamples)
        {
            _examples.Add(text);
        }
    }
}
