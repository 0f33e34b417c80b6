using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Keten.Bench.Log;

namespace Keten.Cli.Chaos;

/// <summary><c>keten chaos log</c>: no log, no access, with gateways that are killed.</summary>
internal static class LogChaosCommand
{
    public static Command Create()
    {
        var defaults = new LogChaosOptions();
        var kills = Count("--kills", "Kills of a gateway without warning, at random points.", defaults.Kills);
        var gateways = Count("--gateways", "Gateway replicas.", defaults.Gateways);
        var readers = Count("--readers", "Reads at the same time.", defaults.Readers);
        var persons = Count("--persons", "Persons that are read about.", defaults.Persons);
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same choices.", DefaultValueFactory = _ => defaults.Seed, HelpName = "N" };
        var json = Cli.Json();
        var command = new Command(
            "log",
            """
            The decision log under fire: two organisations read from each other through gateways (real processes) that are killed. Afterwards
            every request that reached an adapter, as the adapters themselves counted, has its decision in a gateway's log, recorded before;
            every answer too; the logs verify, and reconcile with the adapters' records.

            Exit code 0 when nothing is missing, late, damaged or different; 1 otherwise; 130 stopped by Ctrl-C.

            Examples:
              keten chaos log --kills 20
              keten chaos log --kills 100 --json
            """) { kills, gateways, readers, persons, seed, json };
        command.Act(async (parsed, cancellationToken) =>
        {
            var options = new LogChaosOptions
            {
                Kills = parsed.GetValue(kills), Gateways = parsed.GetValue(gateways), Readers = parsed.GetValue(readers), Persons = parsed.GetValue(persons),
                Seed = parsed.GetValue(seed),
            };
            var report = await LogChaos.RunAsync(options, text => Console.Error.WriteLine("  " + text), cancellationToken);
            Console.Out.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(report, JsonSerializerOptions.Web) : InWords(report));
            return report.Fine ? Cli.Fine : Cli.NotAsItShould;
        });
        return command;
    }

    private static Option<int> Count(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000)
            {
                result.AddError($"{name}: expected 1 to 10000.");
            }
        });
        return option;
    }

    private static string InWords(LogChaosReport report) => string.Create(CultureInfo.InvariantCulture, $"""
        {report.Kills} kills of {report.Gateways} gateways in {report.Seconds:0} s; {report.Sent} reads, {report.Answered} answered
        {report.Reached} requests reached an adapter, {report.Disclosed} are on its record; {report.Decisions} allowed decisions in the gateways' logs
          missing      {report.Missing}
          late         {report.Late}
          damage       {report.Damage}
          differences  {report.Differences}
        {string.Join('\n', report.Examples)}
        {(report.Fine ? "all is well" : "NOT WELL")}
        """);
}
