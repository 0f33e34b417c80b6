using Keten.Cli.Log;
using Keten.Demo;
using Keten.PolicyTools;

namespace Keten.Cli.Demo;

/// <summary>At the end of a story in which a person asks to see their own log: the whole answer, as the portal would gather it.</summary>
internal static class DemoInspection
{
    /// <summary>Null when nobody asks in this story.</summary>
    public static async Task<(string Person, SubjectAnswer Answer, SubjectWords Words)?> AskAsync(
        Scenario scenario, Federation federation, ScenarioPlayer player, CancellationToken cancellationToken)
    {
        var step = scenario.Events.LastOrDefault(e => e is { Purpose: SubjectQuestion.Purpose, Category: SubjectQuestion.Category, Person: not null });
        if (step is null)
        {
            return null;
        }

        using var policy = LoadedPolicy.Open(null);
        var (portal, person) = (federation.Systems[step.By.Organisation], scenario.Person(step.Person!));
        var question = new SubjectQuestion(await portal.PseudonymOfAsync(person, cancellationToken), step.By.Role, "inwoner-1", player.FactsOf(step));
        var answer = await new SubjectGathering(portal.Gateway, Federation.GatewayOin, policy.Register).AskAsync(question, federation.Clock.GetUtcNow(), cancellationToken);
        return (person.GivenNames, answer, new SubjectWords(policy.Register, "nl"));
    }
}
