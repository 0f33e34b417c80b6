using System.Globalization;
using Keten.Cli.Log;
using Keten.Demo;
using Spectre.Console;

namespace Keten.Cli.Demo;

/// <summary>The demo for people: who asked what of whom, for which purpose, decided how and why, what came back, what was masked.</summary>
internal sealed class Story(Scenario scenario, IAnsiConsole console)
{
    /// <summary>Where the output is no terminal there is no width to keep to.</summary>
    private const int WidthOfAFile = 160;

    private readonly long _opened = TimeProvider.System.GetTimestamp();

    public void Open()
    {
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthOfAFile;
        }

        console.Write(new Rule($"[bold]{Markup.Escape(scenario.Title)}[/]").LeftJustified());
        console.MarkupLineInterpolated($"{scenario.Summary}");
        console.MarkupLineInterpolated($"[grey]Starting {scenario.Participants.Count} organisations and a gateway: certificates, databases, adapters, Kafka …[/]");
    }

    public void Started(Federation federation)
    {
        var broker = federation.UsesRealBroker ? "the broker of KAFKA_BOOTSTRAP" : "the broker embedded in librdkafka";
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"[grey]Up in {TimeProvider.System.GetElapsedTime(_opened).TotalSeconds:0.0} s: gateway {federation.GatewayAddress}, mTLS on every hop, {broker}.[/]");
        console.WriteLine();
    }

    public void Tell(StepResult result)
    {
        var step = result.Step;
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{step.At:d MMM yyyy HH:mm}[/] [bold]{step.Id}[/] {Who(step)} {What(step)}");
        console.MarkupLineInterpolated($"            [grey]purpose[/] {step.Purpose}[grey]; {step.Note}[/]");
        switch (result.Outcome)
        {
            case "skipped":
                console.MarkupLineInterpolated($"            [yellow]– skipped[/] [grey]{result.Reason}[/]");
                break;
            case "allow":
                console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
                    $"            [green]✓ allowed[/] {result.Reason} [grey]({string.Join(", ", result.LegalBasis)}) {result.Milliseconds:0} ms[/]");
                TellData(result);
                TellMatches(result);
                break;
            default:
                console.MarkupLineInterpolated($"            [red]✗ refused[/] {result.CallerCode}[grey]{(result.CallerCode == result.Reason ? "" : $" (the log has {result.Reason})")}[/]");
                if (result.CallerText.Length > 0)
                {
                    console.MarkupLineInterpolated($"              [grey]{result.CallerText}[/]");
                }

                break;
        }

        foreach (var difference in result.Differences())
        {
            console.MarkupLineInterpolated($"            [red]! not as expected[/] {difference}");
        }
    }

    public void Close(DemoReport report, Federation federation, string? logDirectory)
    {
        console.WriteLine();
        console.Write(new Rule().LeftJustified());
        console.MarkupLineInterpolated($"Name and address typed in [bold]{report.NawEntered}[/] times, reused [bold]{report.NawReused}[/] times without typing.");
        console.MarkupLineInterpolated($"[bold]{report.Matches}[/] times an organisation learned of another, [bold]{report.Decisions}[/] decisions on the record{(logDirectory is null ? "" : $" in {federation.DecisionLogDirectory}")}.");
        if (logDirectory is not null)
        {
            console.MarkupLineInterpolated($"Prove it: [bold]./keten log verify {federation.DecisionLogDirectory} --key {federation.LogKeyPath}.pub[/]");
        }

        if (report.Skipped > 0)
        {
            console.MarkupLineInterpolated($"[yellow]{report.Skipped} steps skipped[/]: their services do not exist yet.");
        }

        var different = report.Steps.Count(s => s.Differences().Count > 0);
        console.MarkupLine(different == 0 ? "[green]Every step went as expected.[/]" : $"[red]{different} steps did not go as expected.[/]");
    }

    /// <summary>The story's last word is to the person it is about.</summary>
    public void TellPerson((string Person, SubjectAnswer Answer, SubjectWords Words) told)
    {
        const int Shown = 3;
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{told.Words.Title}[/] {told.Person} asks through the portal, and reads [grey](keten log subject)[/]:");
        foreach (var entry in told.Answer.Entries.Take(Shown))
        {
            console.MarkupLineInterpolated($"  [grey]{told.Words.Moment(SubjectAnswer.MomentOf(entry.Line))}[/] {told.Words.What(told.Answer, entry.Line)} [grey]{told.Words.Purpose(entry.Line.Purpose)}[/]");
        }

        console.MarkupLineInterpolated(
            $"  [grey]… {told.Answer.Entries.Count} lines in all, from {told.Answer.Sources.Count(s => s.State == SubjectSourceState.Answered)} logs.[/]");
    }

    private string Who(ScenarioEvent step) => $"{scenario.Participant(step.By.Organisation).Name} ({step.By.Role})";

    private string What(ScenarioEvent step)
    {
        var person = step.Person is null ? "" : $" about {scenario.Person(step.Person).GivenNames} ({step.Person})";
        var target = step.Target is null or "gateway" ? "the gateway" : scenario.Participant(step.Target).Name;
        return step.Kind switch
        {
            "call" when step.Operation is "submit" or "update" or "convene" => $"→ {step.Operation} {step.Category} to {target}{person}",
            "call" => $"→ {step.Operation} {step.Category} from {target}{person}",
            "involvement-started" => $"reports involvement{person}",
            "involvement-ended" => $"ends its involvement{person}",
            _ => $"{step.Kind}{person}",
        };
    }

    private void TellData(StepResult result)
    {
        if (result.Data is { Count: > 0 } data)
        {
            console.MarkupLineInterpolated($"              {string.Join("  ", data.Select(d => $"{d.Key}={d.Value}"))}");
        }

        if (result.Step.Category == "naw" && result.Data is { } naw && naw["secret_address"]?.GetValue<bool>() == true && !naw.ContainsKey("street"))
        {
            console.MarkupLine("              [magenta]the address is secret and was left out at the source[/]");
        }

        if (result.Obligations.Count > 0)
        {
            console.MarkupLineInterpolated($"              [grey]obligations: {string.Join(", ", result.Obligations)}[/]");
        }
    }

    private void TellMatches(StepResult result)
    {
        foreach (var match in result.Matches)
        {
            console.MarkupLineInterpolated($"              [blue]● {scenario.Participant(match.To).Name}[/] hears that [blue]{scenario.Participant(match.About).Name}[/] is involved too [grey]({match.Level})[/]");
        }

        foreach (var match in result.MatchesEnded)
        {
            console.MarkupLineInterpolated($"              [blue]○ {scenario.Participant(match.To).Name}[/] hears that [blue]{scenario.Participant(match.About).Name}[/] has left [grey]({match.Level})[/]");
        }
    }
}
