namespace Keten.Demo.Layouts;

internal static class WijkteamTables
{
    private static readonly Func<string, object> Flag = Encode.Flag("J", "N");

    public static LayoutTables Tables { get; } = new("Wijkteam", "client", "client_id", "citizen_no", "row_no")
    {
        Naw =
        [
            new("given_names", "client", "first_names", Encode.Text),
            new("initials", "client", "initials", Encode.Text),
            new("family_name_prefix", "client", "name_prefix", Encode.Text),
            new("family_name", "client", "last_name", Encode.Text),
            new("birth_date", "client", "born_on", Encode.Text),
            new("gender", "client", "sex", Encode.Text),
            new("street", "client_address", "street", Encode.Text),
            new("house_number", "client_address", "house_no", Encode.Text),
            new("house_number_addition", "client_address", "house_no_suffix", Encode.Text),
            new("postal_code", "client_address", "zip", Encode.Text),
            new("city", "client_address", "town", Encode.Text),
            new("municipality_code", "client_address", "municipality", Encode.Text),
            new("phone", "contact", "contact_value", Encode.Text) { Row = ("kind_id", 1) },
            new("email", "contact", "contact_value", Encode.Text) { Row = ("kind_id", 2) },
            new("language", "client", "lang", Encode.Text),
            new("interpreter_needed", "client", "interpreter_yn", Flag),
            new("secret_address", "client", "secret_yn", Flag),
        ],
        Household =
        [
            new("relation_id", "relation", "relation_ref", Encode.Text),
            new("relation_type", "relation", "kind_id", Encode.Text) { Keys = ("relation_kind", "kind_id", "description") },
            new("related_person", "relation", "other_person", Encode.Text),
            new("lives_in_household", "relation", "same_house_yn", Flag),
            new("legal_custody", "relation", "custody", Encode.Text),
            new("custody_measure", "relation", "custody_measure", Encode.Text),
            new("care_arrangement", "relation", "care_plan", Encode.Text),
            new("contact_restriction", "relation", "no_contact", Encode.Text),
            new("valid_from", "relation", "from_date", Encode.Text),
            new("valid_to", "relation", "to_date", Encode.Text),
        ],
        Involvement =
        [
            new("involvement_id", "involved_party", "reference", Encode.Text),
            new("organisation", "involved_party", "party_name", Encode.Text),
            new("organisation_type", "involved_party", "party_type", Encode.Text),
            new("department", "involved_party", "department", Encode.Text),
            new("contact_professional", "involved_party", "worker", Encode.Text),
            new("contact_desk", "involved_party", "desk", Encode.Text),
            new("contact_phone", "involved_party", "phone", Encode.Text),
            new("contact_email", "involved_party", "email", Encode.Text),
            new("started_on", "involved_party", "start_date", Encode.Text),
            new("ended_on", "involved_party", "end_date", Encode.Text),
            new("status", "involved_party", "active_yn", Encode.Code(("active", "J"), ("ended", "N"))),
            new("legal_frame", "involved_party", "law", Encode.Text),
            new("case_lead", "involved_party", "leads_yn", Flag),
            new("last_confirmed_on", "involved_party", "confirmed_date", Encode.Text),
        ],
        Plan =
        [
            new("plan_id", "plan_step", "plan_ref", Encode.Text),
            new("version", "plan_step", "plan_version", Encode.Text),
            new("status", "plan_step", "plan_status", Encode.Text),
            new("life_domain", "plan_step", "domain", Encode.Text),
            new("goal", "plan_step", "goal", Encode.Text),
            new("action", "plan_step", "step", Encode.Text),
            new("action_owner", "plan_step", "owner", Encode.Text),
            new("action_due", "plan_step", "due_date", Encode.Text),
            new("action_status", "plan_step", "step_status", Encode.Text),
            new("evaluation_date", "plan_step", "review_date", Encode.Text),
            new("family_view", "plan_step", "family_view", Encode.Text),
            new("agreed_by_family", "plan_step", "agreed_yn", Flag),
        ],
        Facts =
        [
            new("secret_address", "privacy", "address_secret_yn", Flag),
            new("inspection_restricted", "privacy", "inspection_restricted_yn", Flag),
            new("child_objects", "privacy", "child_objects_yn", Flag),
            new("birth_date", "privacy", "birth_date", Encode.Text),
            new("consent", "privacy", "consent_status", Encode.Text),
            new("states.risk_assessed", "privacy", "risk_assessed_yn", Flag),
            new("states.reporter_of_record", "privacy", "reporter_yn", Flag),
            new("states.measure_active", "privacy", "measure_yn", Flag),
            new("states.investigation_open", "privacy", "investigation_yn", Flag),
            new("states.temporary_ban", "privacy", "ban_yn", Flag),
            new("states.zvh_case", "privacy", "zvh_yn", Flag),
            new("states.police_release", "privacy", "police_release_yn", Flag),
        ],
    };
}
