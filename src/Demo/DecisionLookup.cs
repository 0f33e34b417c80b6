using Keten.Client;
using Keten.DecisionLog;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.Demo;

/// <summary>Finds a decision in the logs, as a security officer would: the gateway's, and the target's own record for what was refused there.</summary>
internal sealed class DecisionLookup(Federation federation)
{
    private readonly Dictionary<string, DecisionRecord> _known = new(StringComparer.Ordinal);
    private long _next;

    /// <summary>The gateway's record of a decision. It was durable before anybody heard of the decision.</summary>
    public DecisionRecord AtGateway(string decisionId)
    {
        foreach (var entry in DecisionLogReader.ReadEntries(federation.DecisionLogDirectory, _next))
        {
            _next = entry.Index + 1;
            if (entry.Record.Decision is { } decision)
            {
                _known[decision.DecisionId] = decision;
            }
        }

        return _known.GetValueOrDefault(decisionId)
            ?? throw new InvalidOperationException($"Decision {decisionId} is not in the decision log: an answer without a record.");
    }

    /// <summary>The exact reason of a refusal: where the gateway allowed, the target refused. No target: the gateway itself.</summary>
    public string ExactReason(KetenException refused, CaseManagementSystem? target)
    {
        if (refused.DecisionId.Length == 0)
        {
            return refused.ReasonCode;
        }

        var decision = AtGateway(refused.DecisionId);
        return decision.Allowed && target is not null ? AtTarget(refused.DecisionId, target) ?? refused.ReasonCode : decision.ReasonCode;
    }

    /// <summary>All decisions so far.</summary>
    public int Count()
    {
        var last = DecisionLogReader.ReadEntries(federation.DecisionLogDirectory, 0);
        return last.Count(e => e.Record.Decision is not null);
    }

    private static string? AtTarget(string decisionId, CaseManagementSystem target)
    {
        using var connection = new SqliteConnection($"Data Source={target.AdapterDatabase};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT reason_code FROM disclosure WHERE decision_id = $decision AND sequence = -1";
        command.Parameters.AddWithValue("$decision", decisionId);
        return command.ExecuteScalar() as string;
    }
}
