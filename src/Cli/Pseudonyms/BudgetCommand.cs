using System.CommandLine;
using System.Globalization;
using Keten.Pseudonyms;
using Keten.Pseudonyms.Budgets;
using Microsoft.Extensions.Configuration;

namespace Keten.Cli.Pseudonyms;

/// <summary><c>keten pseudonym budget</c>: who used how much, from an evaluator's own log; also while it runs.</summary>
internal static class BudgetCommand
{
    public static Command Create()
    {
        var settings = new Option<string>("--settings") { Description = "The evaluator's appsettings.json: where its log is, and the budgets.", Required = true, HelpName = "FILE" };
        var day = new Option<string?>("--day") { Description = "Which day, UTC; absent: today.", HelpName = "YYYY-MM-DD" };
        var command = new Command("budget", "What each participant used of its budget on a day. A budget is raised with Evaluator:Budgets:OIN in the settings of both evaluators.") { settings, day, PseudonymCommand.Json };
        command.SetAction(parsed => PseudonymCommand.Run(parsed.GetValue(PseudonymCommand.Json), () =>
        {
            var options = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(parsed.GetRequiredValue(settings))).Build()
                .GetSection(EvaluatorOptions.Section).Get<EvaluatorOptions>() ?? new EvaluatorOptions();
            var which = parsed.GetValue(day) ?? LedgerFile.Day(TimeProvider.System.GetUtcNow());
            if (!DateOnly.TryParseExact(which, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            {
                throw new ArgumentException("--day: expected a date as 2026-01-31.");
            }

            var used = LedgerFile.Read(options.LogDirectory, which).GroupBy(l => l.Participant, StringComparer.Ordinal)
                .Select(g => new Used(g.Key, g.Sum(l => (long)l.Count), options.Budgets.TryGetValue(g.Key, out var own) ? own : options.DailyBudget, g.Count()))
                .OrderByDescending(u => (double)u.Elements / u.Budget).ToList();
            return (new { day = which, participants = used }, used.Count == 0 ? $"Nothing was evaluated on {which}."
                : string.Join(Environment.NewLine, used.Select(u => string.Create(CultureInfo.InvariantCulture,
                    $"{u.Participant}  {u.Elements,9:N0} of {u.Budget,9:N0}  {100.0 * u.Elements / u.Budget,4:0} %  in {u.Calls:N0} calls"))));
        }));
        return command;
    }

    private sealed record Used(string Participant, long Elements, long Budget, int Calls);
}
