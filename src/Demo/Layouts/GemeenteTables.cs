namespace Keten.Demo.Layouts;

internal static class GemeenteTables
{
    private static readonly Func<string, object> Flag = Encode.Flag(1, 0);
    private static readonly Func<string, object> Secret = Encode.Flag(7, 0);

    public static LayoutTables Tables { get; } = new("Gemeente", "persoon", "persoonsnummer", "burgerservicenummer", "volgnummer")
    {
        Naw =
        [
            new("given_names", "persoon", "voornamen", Encode.Text),
            new("initials", "persoon", "voorletters", Encode.Text),
            new("family_name_prefix", "persoon", "voorvoegsel", Encode.Text),
            new("family_name", "persoon", "geslachtsnaam", Encode.Text),
            new("birth_date", "persoon", "geboortedatum", Encode.DateNumber),
            new("gender", "persoon", "geslacht", Encode.Code(("male", "M"), ("female", "V"), ("other", "X"), ("unknown", "O"))),
            Address("street", "straatnaam"),
            Address("house_number", "huisnummer"),
            Address("house_number_addition", "huisnummertoevoeging"),
            Address("postal_code", "postcode"),
            Address("city", "woonplaats"),
            Address("municipality_code", "gemeentecode"),
            new("phone", "persoon", "telefoonnummer", Encode.Text),
            new("email", "persoon", "emailadres", Encode.Text),
            new("language", "persoon", "voorkeurstaal", Encode.Text),
            new("interpreter_needed", "persoon", "indicatie_tolk", Flag),
            new("secret_address", "persoon", "indicatie_geheim", Secret),
        ],
        Household =
        [
            new("relation_id", "gezinsrelatie", "relatienummer", Encode.Text),
            new("relation_type", "gezinsrelatie", "soort", Encode.Text),
            new("related_person", "gezinsrelatie", "naam_gerelateerde", Encode.Text),
            new("lives_in_household", "gezinsrelatie", "inwonend", Flag),
            new("legal_custody", "gezinsrelatie", "gezag", Encode.Text),
            new("custody_measure", "gezinsrelatie", "gezagsmaatregel", Encode.Text),
            new("care_arrangement", "gezinsrelatie", "zorgregeling", Encode.Text),
            new("contact_restriction", "gezinsrelatie", "contactbeperking", Encode.Text),
            new("valid_from", "gezinsrelatie", "datum_ingang", Encode.DateNumber),
            new("valid_to", "gezinsrelatie", "datum_einde", Encode.DateNumber),
        ],
        Involvement =
        [
            new("involvement_id", "betrokkenheid", "kenmerk", Encode.Text),
            new("organisation", "betrokkenheid", "organisatie", Encode.Text),
            new("organisation_type", "betrokkenheid", "organisatiesoort", Encode.Text),
            new("department", "betrokkenheid", "afdeling", Encode.Text),
            new("contact_professional", "betrokkenheid", "contactpersoon", Encode.Text),
            new("contact_desk", "betrokkenheid", "aanspreekpunt", Encode.Text),
            new("contact_phone", "betrokkenheid", "telefoonnummer", Encode.Text),
            new("contact_email", "betrokkenheid", "emailadres", Encode.Text),
            new("started_on", "betrokkenheid", "datum_ingang", Encode.DateNumber),
            new("ended_on", "betrokkenheid", "datum_einde", Encode.DateNumber),
            new("status", "betrokkenheid", "status", Encode.Code(("active", "L"), ("ended", "B"))),
            new("legal_frame", "betrokkenheid", "wettelijk_kader", Encode.Text),
            new("case_lead", "betrokkenheid", "indicatie_regie", Flag),
            new("last_confirmed_on", "betrokkenheid", "datum_bevestigd", Encode.DateNumber),
        ],
        Plan =
        [
            new("plan_id", "gezinsplan", "plannummer", Encode.Text),
            new("version", "gezinsplan", "versie", Encode.Text),
            new("status", "gezinsplan", "status", Encode.Text),
            new("life_domain", "gezinsplan", "leefdomein", Encode.Text),
            new("goal", "gezinsplan", "doel", Encode.Text),
            new("action", "gezinsplan", "actie", Encode.Text),
            new("action_owner", "gezinsplan", "actiehouder", Encode.Text),
            new("action_due", "gezinsplan", "datum_streef", Encode.DateNumber),
            new("action_status", "gezinsplan", "actiestatus", Encode.Text),
            new("evaluation_date", "gezinsplan", "datum_evaluatie", Encode.DateNumber),
            new("family_view", "gezinsplan", "zienswijze_gezin", Encode.Text),
            new("agreed_by_family", "gezinsplan", "indicatie_akkoord", Flag),
        ],
        Facts =
        [
            new("secret_address", "afscherming", "adres_geheim", Secret),
            new("inspection_restricted", "afscherming", "inzage_beperkt", Flag),
            new("child_objects", "afscherming", "kind_maakt_bezwaar", Flag),
            new("birth_date", "afscherming", "geboortedatum", Encode.DateNumber),
            new("consent", "afscherming", "toestemming", Encode.Code(("given", "J"), ("refused", "N"), ("withdrawn", "I"), ("none", "G"))),
            new("states.risk_assessed", "afscherming", "risico_gewogen", Flag),
            new("states.reporter_of_record", "afscherming", "melder", Flag),
            new("states.measure_active", "afscherming", "maatregel_loopt", Flag),
            new("states.investigation_open", "afscherming", "onderzoek_loopt", Flag),
            new("states.temporary_ban", "afscherming", "huisverbod", Flag),
            new("states.zvh_case", "afscherming", "zvh_casus", Flag),
            new("states.police_release", "afscherming", "politie_vrijgave", Flag),
        ],
    };

    private static Place Address(string field, string column) => new(field, "adres", column, Encode.Text) { Row = ("adressoort", "W") };
}
