namespace Keten.Demo.Layouts;

internal static class VeiligThuisTables
{
    private static readonly Func<string, object> Flag = Encode.Flag("ja", "nee");
    private static readonly Func<string, object> Short = Encode.Date("ddMMyyyy");
    private static readonly Func<string, object> Dashed = Encode.Date("dd-MM-yyyy");

    public static LayoutTables Tables { get; } = new("VeiligThuis", "dossier", "dossiernr", "bsn", "volgnr")
    {
        Naw =
        [
            new("given_names", "dossier", "cl_voornamen", Encode.Text),
            new("initials", "dossier", "cl_voorletters", Encode.Text),
            new("family_name_prefix", "dossier", "cl_tussenvoegsel", Encode.Text),
            new("family_name", "dossier", "cl_achternaam", Encode.Text),
            new("birth_date", "dossier", "cl_geboren", Dashed),
            new("gender", "dossier", "cl_geslacht", Encode.Code(("male", "man"), ("female", "vrouw"), ("other", "anders"), ("unknown", "onbekend"))),
            new("street", "dossier", "adr_straat", Encode.Text),
            new("house_number", "dossier", "adr_nummer", Encode.Text),
            new("house_number_addition", "dossier", "adr_toevoeging", Encode.Text),
            new("postal_code", "dossier", "adr_postcode", Encode.Text),
            new("city", "dossier", "adr_plaats", Encode.Text),
            new("municipality_code", "dossier", "adr_gemeente", Encode.Text),
            Contact("phone", "telefoon", Encode.Text),
            Contact("email", "mail", Encode.Text),
            Contact("language", "taal", Encode.Text),
            Contact("interpreter_needed", "tolk", Flag),
            new("secret_address", "dossier", "adr_geheim", Flag),
        ],
        Household =
        [
            new("relation_id", "gezinslid", "kenmerk", Encode.Text),
            new("relation_type", "gezinslid", "rol", Encode.Text),
            new("related_person", "gezinslid", "naam", Encode.Text),
            new("lives_in_household", "gezinslid", "woont_thuis", Flag),
            new("legal_custody", "gezinslid", "gezag", Encode.Text),
            new("custody_measure", "gezinslid", "maatregel", Encode.Text),
            new("care_arrangement", "gezinslid", "regeling", Encode.Text),
            new("contact_restriction", "gezinslid", "contactverbod", Encode.Text),
            new("valid_from", "gezinslid", "van", Short),
            new("valid_to", "gezinslid", "tot", Short),
        ],
        Involvement =
        [
            new("involvement_id", "ketenpartner", "kenmerk", Encode.Text),
            new("organisation", "ketenpartner", "naam", Encode.Text),
            new("organisation_type", "ketenpartner", "soort", Encode.Text),
            new("department", "ketenpartner", "afdeling", Encode.Text),
            new("contact_professional", "ketenpartner", "contactpersoon", Encode.Text),
            new("contact_desk", "ketenpartner", "loket", Encode.Text),
            new("contact_phone", "ketenpartner", "telefoon", Encode.Text),
            new("contact_email", "ketenpartner", "mail", Encode.Text),
            new("started_on", "ketenpartner", "van", Short),
            new("ended_on", "ketenpartner", "tot", Short),
            new("status", "ketenpartner", "toestand", Encode.Code(("active", "lopend"), ("ended", "gesloten"))),
            new("legal_frame", "ketenpartner", "wet", Encode.Text),
            new("case_lead", "ketenpartner", "regie", Flag),
            new("last_confirmed_on", "ketenpartner", "bevestigd", Short),
        ],
        CrisisIntake =
        [
            new("intake_id", "crisisintake", "kenmerk", Encode.Text),
            new("received_at", "crisisintake", "binnen", Encode.Text),
            new("reporting_organisation", "crisisintake", "melder_organisatie", Encode.Text),
            new("reporting_professional", "crisisintake", "melder", Encode.Text),
            new("crisis_level", "crisisintake", "kleur", Encode.Code(("none", "geen"), ("green", "groen"), ("orange", "oranje"), ("red", "rood"))),
            new("criteria", "crisisintake", "criteria", Encode.Text),
            new("narrative", "crisisintake", "verhaal", Encode.Text),
            new("children_present", "crisisintake", "kinderen", Flag),
            new("immediate_danger", "crisisintake", "acuut_gevaar", Flag),
            new("injury", "crisisintake", "letsel", Flag),
            new("sexual_abuse_suspected", "crisisintake", "seksueel", Flag),
            new("weapon_present", "crisisintake", "wapen", Flag),
            new("perpetrator_access", "crisisintake", "pleger", Encode.Text),
            new("safe_place", "crisisintake", "veilige_plek", Encode.Text),
            new("expertise_needed", "crisisintake", "expertise", Encode.Text),
            new("actions_taken", "crisisintake", "gedaan", Encode.Text),
            new("decision", "crisisintake", "besluit", Encode.Text),
        ],
        Facts =
        [
            Mark("secret_address", "adres geheim", Flag),
            Mark("inspection_restricted", "inzage beperkt", Flag),
            Mark("child_objects", "kind maakt bezwaar", Flag),
            Mark("birth_date", "geboren", Dashed),
            Mark("consent", "toestemming", Encode.Code(("given", "gegeven"), ("refused", "geweigerd"), ("withdrawn", "ingetrokken"), ("none", "geen"))),
            Mark("states.risk_assessed", "risico gewogen", Flag),
            Mark("states.reporter_of_record", "melder", Flag),
            Mark("states.measure_active", "maatregel", Flag),
            Mark("states.investigation_open", "onderzoek raad", Flag),
            Mark("states.temporary_ban", "huisverbod", Flag),
            Mark("states.zvh_case", "zvh", Flag),
            Mark("states.police_release", "vrijgave politie", Flag),
        ],
    };

    private static Place Contact(string field, string key, Func<string, object> encode) =>
        new(field, "contactgegeven", "waarde", encode) { Row = ("sleutel", key) };

    private static Place Mark(string field, string key, Func<string, object> encode) => new(field, "kenmerk", "waarde", encode) { Row = ("sleutel", key) };
}
