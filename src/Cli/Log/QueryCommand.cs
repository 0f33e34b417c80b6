using System.CommandLine;
using System.Globalization;
using Keten.DecisionLog;
using Keten.LogTools.Index;
using Keten.LogTools.Query;

namespace Keten.Cli.Log;

/// <summary><c>keten log query</c>: which calls were there.</summary>
internal static class QueryCommand
{
    // What a person reads on a screen.
    private const int MostInTable = 200;

    public static Command Create()
    {
        var directory = LogCli.Directory();
        var from = LogCli.Moment("--from", "Decided at or after: 2026-03-02, 2026-03-02T09:30:00Z, or 2d, 3h, 30m ago.");
        var to = LogCli.Moment("--to", "Decided before.");
        var participant = LogCli.Participant();
        var purpose = new Option<string?>("--purpose") { Description = "Purpose id.", HelpName = "ID" };
        var standing = new Option<CallStanding?>("--outcome") { Description = "allowed, refused, or failed (not decided, or it did not end well).", HelpName = "HOW" };
        var reason = new Option<string?>("--reason") { Description = "Exact reason code, of the decision or of its outcome.", HelpName = "CODE" };
        var subject = new Option<string?>("--subject") { Description = "The person's pseudonym.", HelpName = "PSEUDONYM" };
        var decision = new Option<string?>("--decision") { Description = "Decision id.", HelpName = "ID" };
        var operation = new Option<string?>("--operation") { Description = "GetPerson, or the whole path.", HelpName = "NAME" };
        var breakGlass = new Option<bool>("--break-glass") { Description = "Only what was opened in a crisis." };
        var limit = new Option<int?>("--limit") { Description = "At most so many.", HelpName = "N" };
        var index = new Option<string?>("--index") { Description = "Index file; else one in the cache directory. May be deleted at any time.", HelpName = "FILE" };
        var noIndex = new Option<bool>("--no-index") { Description = "Read the whole log instead: slower, the same answer." };
        var json = new Option<bool>("--json") { Description = "One JSON object on a line for each call, with its outcome, and nothing else." };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
            {
                result.AddError("--limit: expected 1 or more.");
            }
        });
        var command = new Command(
            "query",
            """
            The calls in a decision log, each with its outcome, in the order in which they ended; those whose end is not on the log come last.
            There are no names in a log. The first query makes an index (SQLite, outside DIR, nothing in it that tells of a person).

            Examples:
              keten log query /var/lib/keten/decisions --from 2d --outcome refused
              keten log query DIR --participant 00000001003214345000 --break-glass --json
              keten log query DIR --decision 019cade2-11c0-7183-96f0-73ae0acec4b2
            """)
        {
            directory, from, to, participant, purpose, standing, reason, subject, decision, operation, breakGlass, limit, index, noIndex, json,
        };
        command.Act((parsed, cancellationToken) =>
        {
            var filter = new LogFilter
            {
                From = parsed.GetValue(from), To = parsed.GetValue(to), Participant = parsed.GetValue(participant), Purpose = parsed.GetValue(purpose),
                Standing = parsed.GetValue(standing), Reason = parsed.GetValue(reason), Subject = parsed.GetValue(subject),
                DecisionId = parsed.GetValue(decision), Operation = parsed.GetValue(operation), BreakGlass = parsed.GetValue(breakGlass),
            };
            var log = parsed.GetRequiredValue(directory);
            if (filter.Subject is not null && LogHead.Read(log) is { HasKeys: false })
            {
                Console.Error.WriteLine("note: the keys of the persons (subjects.keys) may not be read here, so that no sealed record is found by --subject");
            }

            using var open = parsed.GetValue(noIndex) ? null : OpenIndex(log, parsed.GetValue(index), cancellationToken);
            var calls = (open?.Read(filter) ?? CallScan.Read(log, filter, LogCli.Torn)).Select(call =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return call;
            });
            Tell(calls, parsed.GetValue(limit), parsed.GetValue(json));
            return Cli.Fine;
        });
        return command;
    }

    /// <summary>An index of one's own choice must work; that there is none in a cache is only slower.</summary>
    private static CallIndex? OpenIndex(string directory, string? file, CancellationToken cancellationToken)
    {
        try
        {
            return LogCli.OpenIndex(directory, file, cancellationToken);
        }
        catch (IndexUnusableException problem) when (file is null)
        {
            Console.Error.WriteLine($"note: {problem.Message} The whole log is read now.");
            return null;
        }
    }

    /// <summary>Says once, afterwards, that something was not shown.</summary>
    private static IEnumerable<LoggedCall> CountSealed(IEnumerable<LoggedCall> calls)
    {
        var sealedCalls = 0L;
        foreach (var call in calls)
        {
            sealedCalls += call.IsSealed ? 1 : 0;
            yield return call;
        }

        if (sealedCalls > 0)
        {
            Console.Error.WriteLine($"note: subject, case, facts and justification of {sealedCalls} calls are sealed: the keys may not be read here, or the person was erased");
        }
    }

    private static void Tell(IEnumerable<LoggedCall> calls, int? limit, bool json)
    {
        if (json)
        {
            foreach (var call in CountSealed(calls.Take(limit ?? int.MaxValue)))
            {
                LogCli.PrintLine(writer => RecordJson.Write(writer, call));
            }

            return;
        }

        // Onto a screen no more than a person reads; into a file or a pipe everything, as it comes.
        var most = limit ?? (Console.IsOutputRedirected ? int.MaxValue : MostInTable);
        var shown = 0;
        LogCli.Print(
            ["index", "at", "caller", "target", "purpose", "operation", "outcome", "reason", "ms", "decision"],
            CountSealed(calls.Take(most)).Select(call =>
            {
                shown++;
                return Row(call);
            }));
        if (limit is null && shown == MostInTable && !Console.IsOutputRedirected)
        {
            Console.Error.WriteLine($"note: the first {MostInTable}; more with --limit, or narrow it down");
        }
    }

    private static string[] Row(LoggedCall call) =>
    [
        call.Decision.Index.ToString(CultureInfo.InvariantCulture), LogCli.Time(call.At), call.Decided.Caller?.Oin ?? "-", call.Decided.Target?.Oin ?? "-",
        call.Decided.Purpose, LogFilterName(call.Decided.Operation), Standing(call),
        call.Ended is { ReasonCode.Length: > 0 } ended ? ended.ReasonCode : call.Decided.ReasonCode,
        call.Ended is { } end ? (end.DurationMicroseconds / 1000.0).ToString("0.0", CultureInfo.InvariantCulture) : "", call.Decided.DecisionId,
    ];

    private static string Standing(LoggedCall call) =>
        (call.IsOpen ? "open" : call.Standing.ToString().ToLowerInvariant()) + (call.Decided.BreakGlass ? ", break-glass" : "");

    private static string LogFilterName(string operation) => operation[(operation.LastIndexOf('/') + 1)..];
}
