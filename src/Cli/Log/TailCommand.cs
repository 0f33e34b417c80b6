using System.CommandLine;
using System.Globalization;
using Keten.LogTools.Follow;
using Keten.LogTools.Query;
using Keten.Protocol.V1;

namespace Keten.Cli.Log;

/// <summary><c>keten log tail</c>: the newest records, and what comes.</summary>
internal static class TailCommand
{
    public static Command Create()
    {
        var directory = LogCli.Directory();
        var count = new Option<int>("--lines", "-n") { Description = "The last so many records.", DefaultValueFactory = _ => 10, HelpName = "N" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what the gateway adds, until Ctrl-C." };
        var json = new Option<bool>("--json") { Description = "One JSON object on a line for each record, and nothing else." };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 1_000_000)
            {
                result.AddError("--lines: expected 0 to 1000000; to read a whole log use keten log query.");
            }
        });
        var command = new Command(
            "tail",
            """
            The newest records of a decision log as they stand there: decisions, and apart from them their outcomes. With -f a record is shown as
            soon as it is durable, also when the gateway starts anew in between.

            Examples:
              keten log tail /var/lib/keten/decisions
              keten log tail -f -n 0 DIR --json
            """) { directory, count, follow, json };
        command.Act(async (parsed, cancellationToken) =>
        {
            var log = parsed.GetRequiredValue(directory);
            var asJson = parsed.GetValue(json);
            var newest = LogEnd.Read(log, parsed.GetValue(count), parsed.GetValue(follow) ? null : LogCli.Torn);
            foreach (var entry in newest)
            {
                Tell(entry.Index, entry.Record, asJson);
            }

            if (!parsed.GetValue(follow))
            {
                return Cli.Fine;
            }

            var next = newest is [.., var last] ? last.Index + 1 : LogEnd.Read(log, 1) is [var only] ? only.Index + 1 : 0;
            await foreach (var (index, record) in LogFollow.ReadAsync(log, next, cancellationToken))
            {
                Tell(index, record, asJson);
            }

            // Ctrl-C is how it ends.
            return Cli.Stopped;
        });
        return command;
    }

    private static void Tell(long index, LogRecord record, bool json)
    {
        if (json)
        {
            LogCli.PrintLine(writer => RecordJson.Write(writer, index, record));
            return;
        }

        var time = record.RecordedAt is { } at ? LogCli.Time(at.ToDateTimeOffset()) : "-";
        Console.Out.WriteLine(LogCli.Safe(string.Create(CultureInfo.InvariantCulture, $"{index,8}  {time}  {InWords(record)}")));
    }

    private static string InWords(LogRecord record) => record switch
    {
        { Decision: { } d } => string.Create(CultureInfo.InvariantCulture,
            $"{(d.Allowed ? "allowed" : "refused")}  {d.ReasonCode}{(d.BreakGlass ? "  BREAK-GLASS" : "")}  {d.Caller?.Oin ?? "-"} -> {d.Target?.Oin ?? "-"}  {d.Purpose}  {d.Operation}  {d.DecisionId}"),
        { Outcome: { } o } => string.Create(CultureInfo.InvariantCulture,
            $"ended    {(o.ReasonCode.Length > 0 ? o.ReasonCode : "OK")}  gRPC {o.GrpcStatus}, {o.DurationMicroseconds / 1000.0:0.0} ms, {o.Fields.Count} fields  {o.DecisionId}"),
        _ => RecordJson.KindOf(record),
    };
}
