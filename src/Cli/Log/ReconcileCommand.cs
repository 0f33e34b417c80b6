using System.CommandLine;
using System.Globalization;
using Keten.LogTools.Index;
using Keten.LogTools.Reconcile;

namespace Keten.Cli.Log;

/// <summary><c>keten log reconcile</c>: whether gateway and adapters tell the same.</summary>
internal static class ReconcileCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("GATEWAY_DIR") { Description = "Directory of a gateway's decision log; the log may be in use." };
        var adapters = new Argument<string[]>("ADAPTER_DIR") { Description = "Directories that hold an adapter.db, or the files; OIN=DIR says whose it is.", Arity = ArgumentArity.OneOrMore };
        var others = new Option<string[]>("--also-gateway") { Description = "Log of another replica; all must be given, or their calls seem to have no permit.", HelpName = "DIR" };
        var window = new Option<int>("--window") { Description = "Seconds that clocks may differ.", DefaultValueFactory = _ => 60, HelpName = "S" };
        var json = Cli.Json();
        window.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--window: expected 0 or more seconds.");
            }
        });
        var command = new Command(
            "reconcile",
            """
            Hold the gateway's decision log against the records that adapters keep of the same calls: disclosures without a permit, permits
            without a disclosure, fields beyond the decision, differing outcomes. A running call is no finding. What only one side can still
            have is not judged, and counted: lines from outside the gateway's records, calls from before an adapter's oldest line.

            Exit code 1 when anything is found.

            Example:
              keten log reconcile /srv/gateway/decisions /srv/wijkteam /srv/gemeente
            """) { directory, adapters, others, window, json };
        command.Act((parsed, cancellationToken) =>
        {
            string[] logs = [parsed.GetRequiredValue(directory), .. parsed.GetValue(others) ?? []];
            var indexes = new List<CallIndex>();
            try
            {
                foreach (var log in logs)
                {
                    indexes.Add(LogCli.OpenIndex(log, null, cancellationToken)
                        ?? throw new CliException($"{log} holds no record: give the directory of a gateway's decision log (Gateway:DecisionLog:Directory)"));
                }

                var gateways = logs.Zip(indexes, GatewayRecord.Of).ToList();
                var report = Reconciliation.Run(
                    gateways, parsed.GetRequiredValue(adapters), TimeSpan.FromSeconds(parsed.GetValue(window)), cancellationToken);
                if (parsed.GetValue(json))
                {
                    Cli.Print(report);
                }
                else
                {
                    Tell(report);
                }

                return report.Agrees ? Cli.Fine : Cli.NotAsItShould;
            }
            finally
            {
                indexes.ForEach(index => index.Dispose());
            }
        });
        return command;
    }

    private static void Tell(ReconcileReport report)
    {
        foreach (var finding in report.Findings)
        {
            Console.Out.WriteLine(LogCli.Safe($"{finding.Kind}  {finding.DecisionId}  {finding.Adapter}: {finding.Text}"));
        }

        foreach (var (adapter, _) in report.Adapters.Where(adapter => adapter.Value.Length == 0))
        {
            Console.Error.WriteLine($"note: no line says whose record {adapter} is, so that missing lines do not show: give it as OIN=DIR");
        }

        foreach (var (adapter, oldest) in report.OldestLines.Where(line => line.Value is not null && report.PermitsOutOfReach > 0))
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"note: the oldest line of {adapter} is of {oldest:yyyy-MM-dd HH:mm:ss}Z; is that its term (Adapter:LogbookRetention)?"));
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Permits} calls that ended well and {report.Lines} lines compared: {(report.Agrees ? "both tell the same" : $"{report.Counts.Values.Sum()} findings")}"));
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"not judged: {report.NotCompared} calls to targets not given, {report.PermitsOutOfReach} calls from before their adapter's oldest line, {report.OutOfReach} lines from before or after the gateway's records"));
    }
}
