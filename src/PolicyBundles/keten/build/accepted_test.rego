# A condition nobody accepted does not pass, whichever it is: no case needs to cover it.
package keten.build_test

import data.keten.build

test_the_register_grants_what_was_accepted if build.unaccepted == []

# Each of these loosens something. None is a mistake that `problems` would find.
_loosened := [
	{
		"file": "purposes", "path": "purposes/naw-hergebruik/informed", "value": "not-required",
		"says": `naw-hergebruik / informed is "not-required", was "required"`,
	},
	{
		"file": "purposes", "path": "purposes/naw-hergebruik/involvement/caller", "value": false,
		"says": "naw-hergebruik / involvement / caller is false, was true",
	},
	{
		"file": "purposes", "path": "purposes/betrokkenheid-jeugd/age/max", "value": 99,
		"says": "betrokkenheid-jeugd / age / max is 99, was 22",
	},
	{
		"file": "purposes", "path": "purposes/naw-hergebruik/requesters/raad", "value": "*",
		"says": `naw-hergebruik / requesters / raad is "*", was ["raadsonderzoeker"]`,
	},
	{
		"file": "purposes", "path": "purposes/naw-hergebruik/break_glass/allowed", "value": true,
		"says": "naw-hergebruik / break_glass / allowed is true, was false",
	},
	{
		"file": "purposes", "path": "purposes/betrokkenheid-jeugd/grants/0/informed", "value": "not-required",
		"says": `/ informed is new: "not-required"`,
	},
	{
		"file": "purposes", "path": "purposes/naw-hergebruik/secret_address_visible_to", "value": ["raad"],
		"says": "naw-hergebruik / secret_address_visible_to is new",
	},
	{
		"file": "categories", "path": "categories/naw/tags/address", "value": [],
		"says": "categories / categories / naw / tags / address is []",
	},
	{
		"file": "organisation_types", "path": "organisation_types/ggz/secrecy", "value": "none",
		"says": `ggz / secrecy is "none", was "medical"`,
	},
	{
		"file": "organisation_types", "path": "visibility/jeugd/justice/health", "value": "contact",
		"says": `visibility / jeugd / justice / health is new: "contact"`,
	},
	{
		"file": "reasons", "path": "reasons/TARGET_NOT_INVOLVED/disclosable", "value": true,
		"says": "TARGET_NOT_INVOLVED / disclosable is true, was false",
	},
]

test_each_condition_that_is_loosened_is_named if {
	not_named := {change.says | some change in _loosened; not _says(_found[change.file], change.says)}
	not_named == set()
}

_found["purposes"] := found if {
	found := build.unaccepted with data.source.purposes as _loosen("purposes")
}

_found["categories"] := found if {
	found := build.unaccepted with data.source.categories as _loosen("categories")
}

_found["organisation_types"] := found if {
	found := build.unaccepted with data.source.organisation_types as _loosen("organisation_types")
}

_found["reasons"] := found if {
	found := build.unaccepted with data.source.reasons as _loosen("reasons")
}

_loosen(file) := json.patch(data.source[file], [patch |
	some change in _loosened
	change.file == file
	patch := {"op": "add", "path": change.path, "value": change.value}
])

_says(lines, text) if {
	some line in lines
	contains(line, text)
}

test_what_changed_is_named_with_its_line_what_is_gone_without_and_a_text_is_no_condition if {
	changed := json.patch(data.source.purposes, [
		{"op": "replace", "path": "purposes/naw-hergebruik/informed", "value": "not-required"},
		{"op": "remove", "path": "purposes/betrokkenheid-jeugd/age"},
		{"op": "replace", "path": "purposes/naw-hergebruik/name_nl", "value": "Anders"},
		{"op": "replace", "path": "obligations/log-disclosure", "value": "in other words"},
	])
	line := data.source_lines["purposes.yaml"].lines["purposes/naw-hergebruik/informed"]
	found := build.unaccepted with data.source.purposes as changed
	found == [
		sprintf(`data/purposes.yaml:%d: naw-hergebruik / informed is "not-required", was "required"`, [line]),
		"data: betrokkenheid-jeugd / age / max is gone, was 22",
		"data: betrokkenheid-jeugd / age / min is gone, was 0",
	]
}
