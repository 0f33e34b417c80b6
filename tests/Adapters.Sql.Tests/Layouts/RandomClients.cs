using System.Globalization;
using Keten.Adapters.Sql.Tests.Support;
using Keten.Demo.Layouts;

namespace Keten.Adapters.Sql.Tests.Layouts;

/// <summary>Clients with any subset of the catalogue's fields, and names that are not kind to a database.</summary>
internal sealed class RandomClients(string layout, int seed)
{
    private static readonly string[] Words =
        ["de", "Linde", "O'Brien", "Çelik", "Nguyễn", "a\"b", "'; DROP TABLE persoon; --", "${HOME}", ":client", "%", "😀", "007", "null", "true", "1e3"];

    private static readonly string[] States =
        ["risk_assessed", "reporter_of_record", "measure_active", "investigation_open", "temporary_ban", "zvh_case", "police_release"];

    private static readonly string[] Naw =
    [
        "given_names", "initials", "family_name_prefix", "family_name", "birth_date", "gender", "street", "house_number", "house_number_addition",
        "postal_code", "city", "municipality_code", "phone", "email", "language", "interpreter_needed", "secret_address",
    ];

    private static readonly string[] Household =
    [
        "relation_id", "relation_type", "related_person", "lives_in_household", "legal_custody", "custody_measure", "care_arrangement",
        "contact_restriction", "valid_from", "valid_to",
    ];

    private static readonly string[] Involvement =
    [
        "involvement_id", "organisation", "organisation_type", "department", "contact_professional", "contact_desk", "contact_phone", "contact_email",
        "started_on", "ended_on", "status", "legal_frame", "case_lead", "last_confirmed_on",
    ];

    private static readonly string[] Plan =
    [
        "plan_id", "version", "status", "life_domain", "goal", "action", "action_owner", "action_due", "action_status", "evaluation_date", "family_view",
        "agreed_by_family",
    ];

    private static readonly string[] CrisisIntake =
    [
        "intake_id", "received_at", "reporting_organisation", "reporting_professional", "crisis_level", "criteria", "narrative", "children_present",
        "immediate_danger", "injury", "sexual_abuse_suspected", "weapon_present", "perpetrator_access", "safe_place", "expertise_needed", "actions_taken", "decision",
    ];

    private readonly Random _random = new(seed);

    public IEnumerable<DemoClient> Take(int count) => Enumerable.Range(0, count).Select(One).ToList();

    private DemoClient One(int n) => new($"{Word()}-{n}", _random.Next(10) == 0 ? null : The.Bsn(n))
    {
        Naw = Some(Naw),
        Household = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Some(Household))],
        Involvements = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Some(Involvement))],
        Plan = layout == "VeiligThuis" ? [] : [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Some(Plan))],
        CrisisIntakes = layout == "VeiligThuis" ? [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Some(CrisisIntake))] : [],
        Facts = new DemoFacts
        {
            SecretAddress = MaybeFlag(),
            InspectionRestricted = MaybeFlag(),
            ChildObjects = MaybeFlag(),
            BirthDate = MaybeFlag() is true ? DateOnly.Parse(Date(), CultureInfo.InvariantCulture) : null,
            Consent = (string?[])[null, "given", "refused", "withdrawn", "none"] is var all ? all[_random.Next(all.Length)] : null,
            States = States.Where(_ => _random.Next(2) == 0).ToDictionary(s => s, _ => _random.Next(2) == 0),
        },
    };

    private Dictionary<string, object> Some(string[] fields) => fields.Where(_ => _random.Next(3) > 0).ToDictionary(f => f, Value);

    private object Value(string field) => field switch
    {
        "gender" => (string[])["male", "female", "other", "unknown"] is var all ? all[_random.Next(all.Length)] : "",
        "crisis_level" => (string[])["none", "green", "orange", "red"] is var all ? all[_random.Next(all.Length)] : "",
        "version" => _random.Next(-1, 1000),
        "criteria" or "expertise_needed" => Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Word()).ToArray(),
        "received_at" => Date() + "T" + TimeOnly.MinValue.AddMinutes(_random.Next(1440)).ToString("HH:mm:ss", CultureInfo.InvariantCulture) + "Z",
        "status" => _random.Next(2) == 0 ? "active" : "ended",
        "municipality_code" => _random.Next(10_000).ToString("0000", CultureInfo.InvariantCulture),
        "interpreter_needed" or "secret_address" or "lives_in_household" or "case_lead" or "agreed_by_family" or "children_present"
            or "immediate_danger" or "injury" or "sexual_abuse_suspected" or "weapon_present" => _random.Next(2) == 0,
        "birth_date" or "started_on" or "ended_on" or "last_confirmed_on" or "valid_from" or "valid_to" or "action_due" or "evaluation_date" => Date(),
        _ => Word() + (_random.Next(2) == 0 ? " " + Word() : ""),
    };

    private bool? MaybeFlag() => _random.Next(3) switch { 0 => null, 1 => true, _ => false };

    private string Date() => new DateOnly(1930, 1, 1).AddDays(_random.Next(36_000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string Word() => Words[_random.Next(Words.Length)];
}
