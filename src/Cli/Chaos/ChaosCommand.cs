using System.CommandLine;
using System.Text.Json;
using Keten.Bench.Chaos;

namespace Keten.Cli.Chaos;

/// <summary><c>keten chaos</c>: break it on purpose and count.</summary>
internal static class ChaosCommand
{
    public static Command Create() => new("chaos", "Break things on purpose, on this machine only, and count what was lost. Nothing in your federation is touched.") { Events(), LogChaosCommand.Create() };

    private static Command Events()
    {
        var defaults = new ChaosOptions();
        var kills = new Option<int>("--kills") { Description = "Kills without warning of gateways and adapters, at random points.", DefaultValueFactory = _ => defaults.Kills, HelpName = "N" };
        var events = new Option<int>("--events") { Description = "Reports to send at least.", DefaultValueFactory = _ => defaults.Events, HelpName = "N" };
        var persons = new Option<int>("--persons") { Description = "Persons that all four organisations know.", DefaultValueFactory = _ => defaults.Persons, HelpName = "N" };
        var gateways = new Option<int>("--gateways") { Description = "Gateway replicas.", DefaultValueFactory = _ => defaults.Gateways, HelpName = "N" };
        var outage = new Option<int>("--outage") { Description = "Seconds the broker is away, once, in the middle.", DefaultValueFactory = _ => (int)defaults.Outage.TotalSeconds, HelpName = "S" };
        var errors = new Option<double>("--produce-errors") { Description = "Share of produce requests that fail.", DefaultValueFactory = _ => defaults.ProduceErrors, HelpName = "0-0.5" };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same choices.", DefaultValueFactory = _ => defaults.Seed, HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout and nothing else." };
        Positive(kills, 0);
        Positive(events, 1);
        Positive(persons, 1);
        Positive(gateways, 1);
        Positive(outage, 0);
        var command = new Command(
            "events",
            """
            The involvement exchange under fire: four organisations report, hear of each other and leave, while gateways and adapters (real
            processes) are killed, the broker goes away and fails, and unreadable records come in. Afterwards: lost, duplicates, undue.

            Exit code 0 when all three are 0; 1 otherwise; 130 stopped by Ctrl-C. KAFKA_BOOTSTRAP: a real broker (no outage or produce errors then).

            Examples:
              keten chaos events --kills 20 --events 2000 --outage 5
              keten chaos events --kills 200 --json
            """) { kills, events, persons, gateways, outage, errors, seed, json };
        command.Act(async (parsed, cancellationToken) =>
        {
            var options = new ChaosOptions
            {
                Kills = parsed.GetValue(kills), Events = parsed.GetValue(events), Persons = parsed.GetValue(persons), Gateways = parsed.GetValue(gateways),
                Outage = TimeSpan.FromSeconds(parsed.GetValue(outage)), ProduceErrors = Math.Clamp(parsed.GetValue(errors), 0, 0.5), Seed = parsed.GetValue(seed),
            };
            var report = await EventChaos.RunAsync(options, text => Console.Error.WriteLine("  " + text), cancellationToken);
            Console.Out.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(report, JsonSerializerOptions.Web) : InWords(report));
            return report.Fine ? Cli.Fine : Cli.NotAsItShould;
        });
        return command;
    }

    private static void Positive(Option<int> option, int least) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < least)
        {
            result.AddError($"{option.Name}: expected {least} or more.");
        }
    });

    private static string InWords(ChaosReport report) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
        {report.Events} reports and {report.Kills} kills in {report.Seconds:0} s; {report.Gateways} gateways, broker away for {report.OutageSeconds:0} s, {report.ProduceErrors} produce errors
        {report.Due} notifications due, {report.Delivered} delivered
          lost        {report.Lost}
          duplicates  {report.Duplicates}
          undue       {report.Undue}
          refused     {report.Refused}
          unreadable records set aside  {report.PoisonSetAside} of {report.Poison}
        {(report.Fine ? "all is well" : "NOT WELL")}
        """);
}
