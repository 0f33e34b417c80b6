using System.Text;
using Keten.Contracts.Catalogue;
using Keten.Policy;

namespace Keten.Cli.Bench;

/// <summary>The questions of the benchmark: every kind of work the rules do, from a plain read to break-glass and refusals early and late.</summary>
internal static class PolicyBenchQuestions
{
    private const string Pseudonym = "k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    public static IReadOnlyList<PolicyInput> All { get; } =
    [
        Ask("wijkteam", "wijkcoach", "gemeente", "naw-hergebruik", "naw", "read", """{"subject_informed":true,"subject_age":36}"""),
        Ask("wijkteam", "casusregisseur", "gemeente", "naw-hergebruik", "naw", "read", """{"subject_informed":true}""", fields: ["given_names", "phone"]),
        Ask("wijkteam", "casusregisseur", "gateway", "betrokkenheid-jeugd", "betrokkenheid", "submit", """{"subject_informed":true,"risk_assessed":true,"subject_age":9}"""),
        Ask("veilig-thuis", "crisismedewerker", "gemeente", "crisis-afstemmen", "naw", "read", """{"crisis_level":"red","subject_age":9}""", involved: false,
            justification: "Kind alleen thuis met gewonde moeder"),
        Ask("veilig-thuis", "crisismedewerker", "gemeente", "crisis-afstemmen", "naw", "read", """{"crisis_level":"green","subject_age":9}"""),
        Ask("wijkteam", "wijkcoach", "gemeente", "naw-hergebruik", "naw", "read", """{"subject_informed":true}""", involved: false),
        Ask("politie", "wijkagent", "huisarts", "naw-hergebruik", "naw", "read", """{"subject_informed":true}"""),
        Ask("wijkteam", "wijkcoach", "gemeente", "onbekend-doel", "naw", "read", "{}"),
    ];

    /// <summary>A new input of the same values, as the gateway makes one for each call: making it is part of what is measured.</summary>
    public static PolicyInput Anew(PolicyInput from) => new()
    {
        Caller = from.Caller with { }, Target = from.Target with { }, Actor = from.Actor, ActorRole = from.ActorRole, Purpose = from.Purpose,
        Category = from.Category, Action = from.Action, Subject = from.Subject, RequestedFields = from.RequestedFields, Facts = from.Facts,
        CallerInvolved = from.CallerInvolved, TargetInvolved = from.TargetInvolved, Justification = from.Justification, Time = from.Time,
        TraceParent = from.TraceParent,
    };

    private static PolicyInput Ask(
        string caller, string role, string target, string purpose, string category, string action, string facts, bool involved = true,
        string? justification = null, IReadOnlyList<string>? fields = null)
    {
        if (!CaseFacts.TryParse(Encoding.UTF8.GetBytes(facts), out var parsed, out var fault))
        {
            throw new InvalidOperationException($"the benchmark's own facts are wrong: {fault}");
        }

        return new PolicyInput
        {
            Caller = new PolicyParty("00000099000000001004", caller, "active"),
            Target = new PolicyParty("00000099000000001003", target, "active"),
            Actor = "mw-17", ActorRole = role, Purpose = purpose, Category = category, Action = action, Subject = Pseudonym,
            RequestedFields = fields, Facts = parsed, CallerInvolved = involved, TargetInvolved = involved, Justification = justification,
            Time = "2026-03-03T23:15:00.0000000Z", TraceParent = Trace,
        };
    }
}
