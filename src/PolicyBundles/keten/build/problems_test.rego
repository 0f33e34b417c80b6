# Each way in which a register can be wrong is refused, with the line it stands on.
package keten.build_test

import data.keten.build

test_the_register_as_it_stands_has_no_problems if build.report == []

# The mistakes of a file are made all at once; none of them hides another.
test_each_problem_is_named if {
	not_named := {mistake.says | some mistake in _mistakes; not _named(mistake)}
	not_named == set()
}

_named(mistake) if {
	some problem in _problems[mistake.file]
	contains(problem.message, mistake.says)
}

_problems["purposes"] := found if {
	found := build.problems with data.source.purposes as _with_mistakes("purposes")
}

_problems["categories"] := found if {
	found := build.problems with data.source.categories as _with_mistakes("categories")
}

_problems["organisation_types"] := found if {
	found := build.problems with data.source.organisation_types as _with_mistakes("organisation_types")
}

_problems["reasons"] := found if {
	found := build.problems with data.source.reasons as _with_mistakes("reasons")
}

_with_mistakes(file) := json.patch(data.source[file], [patch |
	some mistake in _mistakes
	mistake.file == file
	patch := {"op": object.get(mistake, "op", "add"), "path": mistake.path, "value": object.get(mistake, "value", null)}
])

_mistakes := array.concat(_mistakes_in_purposes, _mistakes_elsewhere)

_mistakes_in_purposes := [
	{"file": "purposes", "path": "purposes/melding-doen/legal_basis", "op": "remove", "says": "legal_basis is required"},
	{"file": "purposes", "path": "purposes/raadsonderzoek/legal_basis/law", "value": [], "says": "at least 1 item"},
	{"file": "purposes", "path": "purposes/melding-doen/secrecy", "value": "sometimes", "says": "must be one of"},
	{"file": "purposes", "path": "purposes/melding-doen/secrecyy", "value": "statutory", "says": "secrecyy is not allowed"},
	{"file": "purposes", "path": "bogus", "value": 1, "says": "the file: Additional property bogus"},
	{"file": "purposes", "path": "purposes/melding-doen/retention_days", "value": 1, "says": "a YAML form the register does not"},
	{"file": "purposes", "path": "purposes/melding-doen/requesters/bakker", "value": "*", "says": "unknown organisation type 'bakker'"},
	{"file": "purposes", "path": "purposes/melding-doen/requesters/gateway", "value": "*", "says": "'gateway' is no participant"},
	{"file": "purposes", "path": "purposes/melding-doen/requesters/raad", "value": ["bakker"], "says": "'raad' has no role 'bakker'"},
	{"file": "purposes", "path": "purposes/melding-doen/age", "value": {"min": 9, "max": 8}, "says": "min is above max"},
	{
		"file": "purposes", "path": "purposes/inzage-betrokkene/grants/15/withheld/organisation_types", "value": ["bakker"],
		"says": "unknown organisation type 'bakker'",
	},
	{"file": "purposes", "path": "purposes/inzage-betrokkene/grants/15/withheld/purposes/dance", "value": 1, "says": "unknown purpose 'dance'"},
	{"file": "purposes", "path": "purposes/melding-doen/requires", "value": ["rain"], "says": "unknown state 'rain'"},
	{"file": "purposes", "path": "purposes/melding-doen/obligations", "value": ["sing"], "says": "unknown obligation 'sing'"},
	{"file": "purposes", "path": "purposes/melding-doen/visibility", "value": "all", "says": "unknown visibility matrix 'all'"},
	{"file": "purposes", "path": "purposes/melding-doen/core", "value": ["politie"], "says": "'politie' is not a requester"},
	{
		"file": "purposes", "path": "purposes/melding-doen/secret_address_visible_to", "value": ["politie"],
		"says": "'politie' is not a requester",
	},
	{
		"file": "purposes", "path": "purposes/inzage-betrokkene/break_glass",
		"value": {"allowed": true, "roles": {"inwoner-portaal": "*"}, "operations": ["read"], "categories": ["naw"]},
		"says": "has no break-glass",
	},
	{
		"file": "purposes", "path": "purposes/zicht-op-veiligheid/break_glass/roles/raad", "value": "*",
		"says": "'raad' is not a requester",
	},
	{
		"file": "purposes", "path": "purposes/zicht-op-veiligheid/break_glass/roles/politie", "value": ["zorgcoordinator"],
		"says": "role 'zorgcoordinator' of 'politie' may not use this purpose",
	},
	{"file": "purposes", "path": "purposes/zicht-op-veiligheid/break_glass/operations", "value": ["peek"], "says": "unknown operation 'peek'"},
	{"file": "purposes", "path": "purposes/zicht-op-veiligheid/break_glass/categories", "value": ["naw"], "says": "'naw' is not in this purpose"},
	{"file": "purposes", "path": "purposes/raadsonderzoek/grants/0/category", "value": "meldingg", "says": "unknown category 'meldingg'"},
	{"file": "purposes", "path": "purposes/melding-doen/grants/0/operations", "value": ["peek"], "says": "unknown operation 'peek'"},
	{"file": "purposes", "path": "purposes/melding-doen/grants/0/targets", "value": ["bakker"], "says": "unknown organisation type 'bakker'"},
	{"file": "purposes", "path": "purposes/melding-doen/grants/2/targets", "value": ["raad"], "says": "'raad' is no source of 'melding'"},
	{"file": "purposes", "path": "purposes/melding-doen/grants/0/callers", "value": ["politie"], "says": "'politie' is not a requester"},
	{"file": "purposes", "path": "purposes/melding-doen/grants/0/roles", "value": ["mentor"], "says": "no caller of this grant has the role 'mentor'"},
	{"file": "purposes", "path": "purposes/melding-doen/grants/0/requires", "value": ["rain"], "says": "unknown state 'rain'"},
	{"file": "purposes", "path": "purposes/melding-doen/grants/0/fields", "value": ["shoe_size"], "says": "field 'shoe_size' is not in category 'melding'"},
	{
		"file": "purposes", "path": "purposes/melding-doen/grants/0/fields_for", "value": {"raad": ["shoe_size"]},
		"says": "field 'shoe_size' is not in category 'melding'",
	},
	{"file": "purposes", "path": "purposes/melding-doen/grants/0/fields_for/zvh", "value": "*", "says": "'zvh' is not a caller"},
	{
		"file": "purposes", "path": "purposes/betrokkenheid-jeugd/grants/1/operations", "value": ["submit"],
		"says": "both apply to submit of 'betrokkenheid' by 'gecertificeerde-instelling' at 'gateway'",
	},
	{"file": "purposes", "path": "obligations/dance", "value": "the receiver dances", "says": "no gateway of this version carries out obligation 'dance'"},
	{"file": "purposes", "path": "states/thunder", "value": {"code": "NOT_INVITED", "name_en": "it thunders"}, "says": "already the code of another rule"},
]

_mistakes_elsewhere := [
	{"file": "categories", "path": "categories/naw/fields/0", "value": "bsn", "says": "the BSN is a field of no category"},
	{"file": "categories", "path": "categories/naw/fields/1", "value": "hat_size", "says": "no message has field 'hat_size' of category 'naw'"},
	{"file": "categories", "path": "categories/naw/tags/address/0", "value": "shoe_size", "says": "field 'shoe_size' is not in category 'naw'"},
	{"file": "categories", "path": "categories/naw/sources/0", "value": "bakker", "says": "unknown organisation type 'bakker'"},
	{"file": "organisation_types", "path": "visibility/jeugd/bakkers", "value": {"health": "full"}, "says": "unknown group 'bakkers'"},
	{"file": "organisation_types", "path": "visibility/overrides/0/holder", "value": "bakker", "says": "unknown organisation type 'bakker'"},
	{"file": "organisation_types", "path": "visibility/overrides/0/matrix", "value": "oud", "says": "unknown matrix 'oud'"},
	{"file": "organisation_types", "path": "visibility/contact_fields/0", "value": "shoe_size", "says": "'shoe_size' is not in category"},
	{"file": "reasons", "path": "instead", "value": "SORRY", "says": "no text for 'SORRY'"},
	{"file": "reasons", "path": "reasons/NOT_INVITED", "op": "remove", "says": "R18a needs 'NOT_INVITED' with both texts"},
]

test_a_problem_names_file_and_line if {
	wrong := json.patch(data.source.purposes, [{"op": "add", "path": "purposes/melding-doen/obligations", "value": ["sing"]}])
	report := build.report with data.source.purposes as wrong
	line := data.source_lines["purposes.yaml"].lines["purposes/melding-doen/obligations"]
	sprintf("data/purposes.yaml:%d: unknown obligation 'sing'", [line]) in report
}

test_a_field_no_message_has_is_named_with_its_own_line if {
	wrong := json.patch(data.source.categories, [{"op": "add", "path": "categories/naw/fields/-", "value": "shoe_size"}])
	last := sprintf("categories/naw/fields/%d", [count(data.source.categories.categories.naw.fields)])
	lines := object.union(data.source_lines, {"categories.yaml": {"lines": {last: 7777}}})
	report := build.report with data.source.categories as wrong with data.source_lines as lines
	"data/categories.yaml:7777: no message has field 'shoe_size' of category 'naw'" in report
}

test_a_category_that_has_no_message_yet_is_no_problem_and_is_named if {
	build.unbuilt == ["medisch-dossier"] with data.source_messages as object.remove(data.source.categories.categories, ["medisch-dossier"])
}

test_a_field_its_planned_message_is_not_to_have_is_a_problem_too if {
	some category in build.unbuilt
	wrong := json.patch(data.source.categories, [{"op": "add", "path": sprintf("categories/%s/fields/-", [category]), "value": "shoe_size"}])
	problems := build.problems with data.source.categories as wrong
	some problem in problems
	contains(problem.message, "no message has field 'shoe_size'")
}
