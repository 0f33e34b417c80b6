using CsCheck;
using Keten.LogTools.Index;
using Keten.LogTools.Query;
using Keten.Protocol.V1;

namespace Keten.LogTools.Tests.Index;

public sealed class SameAnswerTests
{
    private static readonly string[] Purposes = ["naw-hergebruik", "casusregie", "vroegsignalering"];
    private static readonly string[] Oins = [Some.Wijkteam, Some.Gemeente, Some.Politie];
    private static readonly string[] Points = ["gateway", "gateway", "gateway", "intake", "authzen"];
    private static readonly string[] Methods = ["/keten.person.v1.PersonService/GetPerson", "/keten.plan.v1.PlanService/GetPlan"];

    /// <summary>What happens in a log: decisions, and outcomes of earlier ones, long after, never, or of none.</summary>
    private static readonly Gen<int[][]> Logs = Gen.Int[0, 999].Array[8].Array[2, 60];

    private static readonly Gen<LogFilter> Filters = Gen.Select(
        Gen.Int[0, 70].Nullable(), Gen.Int[0, 70].Nullable(), Gen.Int[0, 2].Nullable(), Gen.Int[0, 2].Nullable(), Gen.Int[0, 2].Nullable(), Gen.Int[0, 7].Nullable(), Gen.Int[0, 5].Nullable(),
        (from, to, participant, purpose, standing, subject, more) => new LogFilter
        {
            From = from is { } f ? Some.Moment + TimeSpan.FromSeconds(f) : null,
            To = to is { } t ? Some.Moment + TimeSpan.FromSeconds(t) : null,
            Participant = participant is { } o ? Oins[o] : null,
            Purpose = purpose is { } p ? Purposes[p] : null,
            Standing = (CallStanding?)standing,
            Subject = subject is { } s and < 5 ? Some.Subject(s) : null,
            BreakGlass = more == 0,
            Reason = more == 1 ? "TARGET_UNAVAILABLE" : more == 2 ? "NOT_INVOLVED" : null,
            Operation = more == 3 ? "GetPlan" : more == 4 ? Methods[0] : null,
            DecisionId = more == 5 ? Some.Id(3) : null,
        });

    [Fact]
    public async Task An_index_a_scan_and_a_plain_look_give_the_same_calls_in_the_same_order()
    {
        var compared = 0;
        await Gen.Select(Logs, Filters.Array[6]).SampleAsync(
            async (choices, filters) =>
            {
                using var log = new GatewayLog();
                var records = Records(choices);
                // In two parts, the index made in between: it goes on from where it was.
                await log.WriteAsync(records.Take(records.Count / 2));
                CallIndex.Open(log.Directory, log.IndexFile, null, null, CancellationToken.None).Dispose();
                await log.WriteAsync(records.Skip(records.Count / 2));

                using var index = CallIndex.Open(log.Directory, log.IndexFile, null, null, CancellationToken.None);
                foreach (var filter in filters)
                {
                    var scanned = CallScan.Read(log.Directory, filter).Select(Text).ToList();
                    Assert.Equal(scanned, index.Read(filter).Select(Text));
                    Assert.Equal(Plainly(records, filter), scanned);
                    compared++;
                }
            },
            iter: 60, threads: 1);

        Assert.True(compared >= 300);
    }

    private static string Text(LoggedCall call) => $"{call.Decision.Index}/{call.Outcome?.Index}/{call.Standing}/{call.IsOpen}";

    /// <summary>Everything in memory, written down once more from what the page says.</summary>
    private static List<string> Plainly(List<LogRecord> records, LogFilter filter)
    {
        var ended = new List<(int Settled, string Text)>();
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Decision is not { } d)
            {
                continue;
            }

            var outcome = d.Allowed && d.EnforcementPoint == "gateway" ? records.FindIndex(i, r => r.Outcome?.DecisionId == d.DecisionId) : -1;
            var o = outcome < 0 ? null : records[outcome].Outcome;
            var open = d.Allowed && d.EnforcementPoint == "gateway" && outcome < 0;
            var standing = !d.Allowed ? d.Status == EvaluationStatus.Error ? "Failed" : "Refused" : o is not null && (o.ReasonCode != "" || o.GrpcStatus != 0) ? "Failed" : "Allowed";
            var at = d.DecidedAt.ToDateTimeOffset();
            var asked = (filter.From ?? at) <= at && (filter.To is null || at < filter.To)
                && (filter.Participant ?? d.Caller.Oin) is var oin && (oin == d.Caller.Oin || oin == d.Target.Oin)
                && (filter.Purpose ?? d.Purpose) == d.Purpose && (filter.Standing?.ToString() ?? standing) == standing
                && (filter.Subject ?? d.Subject) == d.Subject && (!filter.BreakGlass || d.BreakGlass)
                && (filter.Reason is null || filter.Reason == d.ReasonCode || filter.Reason == o?.ReasonCode)
                && (filter.Operation is null || d.Operation == filter.Operation || d.Operation.EndsWith("/" + filter.Operation, StringComparison.Ordinal))
                && (filter.DecisionId ?? d.DecisionId) == d.DecisionId;
            if (asked)
            {
                ended.Add((open ? int.MaxValue : outcome < 0 ? i : outcome, $"{i}/{(outcome < 0 ? "" : outcome)}/{standing}/{open}"));
            }
        }

        return [.. ended.OrderBy(e => e.Settled).Select(e => e.Text)];
    }

    private static List<LogRecord> Records(int[][] choices)
    {
        var records = new List<LogRecord>();
        var running = new List<int>();
        for (var n = 0; n < choices.Length; n++)
        {
            var c = choices[n];
            if (c[0] < 350 && running.Count > 0)
            {
                var ends = running[c[1] % running.Count];
                running.Remove(ends);
                records.Add(Some.Outcome(ends, c[2] < 250 ? "TARGET_UNAVAILABLE" : "", c[3], c[4] < 100 ? 14 : 0));
                continue;
            }

            records.Add(Some.Decision(n, d =>
            {
                d.EnforcementPoint = Points[c[1] % Points.Length];
                d.Allowed = c[2] < 700;
                d.ReasonCode = d.Allowed ? "ALLOWED" : c[3] < 200 ? "POLICY_UNAVAILABLE" : "NOT_INVOLVED";
                d.Status = c[3] < 200 && !d.Allowed ? EvaluationStatus.Error : EvaluationStatus.Ok;
                d.Purpose = Purposes[c[4] % 3];
                d.Caller.Oin = Oins[c[5] % 3];
                d.Target.Oin = Oins[c[6] % 3];
                d.Operation = Methods[c[7] % 2];
                d.BreakGlass = c[7] > 800;
                d.Subject = Some.Subject(c[6] % 5);
            }));
            running.Add(n);
        }

        return records;
    }
}
