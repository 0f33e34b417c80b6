using System.ComponentModel.DataAnnotations;

namespace Keten.Pseudonyms.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task Faults_of_the_settings_are_told_together_with_their_names()
    {
        await using var evaluators = new TheEvaluators();
        var failure = await Assert.ThrowsAsync<ValidationException>(() => evaluators.StartAsync(
            TheEvaluators.First, ("KeyFile", ""), ("LogDirectory", ""), ("DailyBudget", "0"), ("Budgets:12", "5"), ("AlarmShare", "7"), ("Federation:Participants", "")));
        foreach (var name in new[] { "KeyFile", "LogDirectory", "DailyBudget", "Budgets", "AlarmShare", "Federation:Participants" })
        {
            Assert.Contains($"Evaluator:{name}:", failure.Message);
        }
    }

    [Fact]
    public async Task A_key_file_that_is_not_there_stops_the_start_with_the_way_out()
    {
        await using var evaluators = new TheEvaluators();
        var failure = await Assert.ThrowsAsync<KeyFileException>(() => evaluators.StartAsync(TheEvaluators.First, ("KeyFile", "nowhere.json")));
        Assert.Contains("keten pseudonym keygen", failure.Message);
    }
}
