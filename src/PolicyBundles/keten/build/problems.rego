# What a register may not say. Every problem names the file and the path in it; build/lines.py knows the line.
package keten.build

import data.source_lines

# METADATA
# title: Register problems
# description: "A `file:line: problem` for everything that is wrong with the YAML, in order; empty when the register may be built."
# entrypoint: true
report := [text |
	some [file, line, message] in sort({[problem.file, _line_of(problem), problem.message] | some problem in problems})
	text := sprintf("data/%s:%d: %s", [file, line, message])
]

# METADATA
# title: Categories without a message
# description: "Grants on them decide, but no call of this version can carry their data."
# entrypoint: true
unbuilt := sort(object.keys(_categories) - object.keys(data.source_messages))

# The line of the value, or of the nearest thing around it.
_line_of(problem) := max({line |
	some length in numbers.range(0, count(problem.path))
	line := source_lines[problem.file].lines[concat("/", array.slice(problem.path, 0, length))]
})

_source_files := {
	"purposes.yaml": {"values": data.source.purposes, "schema": data.source_schemas.purposes},
	"categories.yaml": {"values": data.source.categories, "schema": data.source_schemas.categories},
	"organisation-types.yaml": {"values": data.source.organisation_types, "schema": data.source_schemas["organisation-types"]},
	"reasons.yaml": {"values": data.source.reasons, "schema": data.source_schemas.reasons},
}

# Shape: names, types, allowed words, double list items.
problems contains {"file": file, "path": path, "message": sprintf("%s: %s", [_place(path), error.desc])} if {
	some file, source in _source_files
	[_, errors] := json.match_schema(source.values, source.schema)
	some error in errors
	path := [part | some part in split(error.field, "."); lower(part) != "(root)"]
}

_place([]) := "the file"

_place(path) := concat(".", path) if path != []

# The two readers must have read the same; otherwise the line numbers, and the check for double keys, are worth nothing.
problems contains {"file": file, "path": [], "message": "this file uses a YAML form the register does not; write it like its neighbours"} if {
	some file, source in _source_files
	source_lines[file].values != source.values
}

_purpose_problem(path, message) := {"file": "purposes.yaml", "path": array.concat(["purposes"], path), "message": message}

_category_problem(path, message) := {"file": "categories.yaml", "path": array.concat(["categories"], path), "message": message}

_organisation_problem(path, message) := {"file": "organisation-types.yaml", "path": path, "message": message}

# --- purposes.yaml ---------------------------------------------------------------------------------------------------------------------

problems contains _purpose_problem([id, "requesters", type], sprintf("unknown organisation type '%s'", [type])) if {
	some id, purpose in _purposes
	some type, _ in purpose.requesters
	not _types[type]
}

problems contains _purpose_problem([id, "requesters", type], sprintf("'%s' is no participant and can ask nothing", [type])) if {
	some id, purpose in _purposes
	some type, _ in purpose.requesters
	_types[type].participant == false
}

problems contains _purpose_problem([id, "requesters", type], sprintf("'%s' has no role '%s'", [type, role])) if {
	some id, purpose in _purposes
	some type, roles in purpose.requesters
	_types[type]
	is_array(roles)
	some role in roles
	not role in _types[type].roles
}

problems contains _purpose_problem([id, "age"], "age: min is above max") if {
	some id, purpose in _purposes
	purpose.age.min > purpose.age.max
}

problems contains _purpose_problem([id, "requires", sprintf("%d", [number])], sprintf("unknown state '%s'", [state])) if {
	some id, purpose in _purposes
	some number, state in purpose.requires
	not data.source.purposes.states[state]
}

problems contains _purpose_problem([id, "obligations", sprintf("%d", [number])], sprintf("unknown obligation '%s'", [obligation])) if {
	some id, purpose in _purposes
	some number, obligation in purpose.obligations
	not data.source.purposes.obligations[obligation]
}

problems contains _purpose_problem([id, "visibility"], sprintf("unknown visibility matrix '%s'", [purpose.visibility])) if {
	some id, purpose in _purposes
	purpose.visibility
	not purpose.visibility in _matrices
}

problems contains _purpose_problem([id, key, sprintf("%d", [number])], sprintf("'%s' is not a requester of this purpose", [type])) if {
	some id, purpose in _purposes
	some key in {"core", "secret_address_visible_to"}
	some number, type in purpose[key]
	not purpose.requesters[type]
}

problems contains _purpose_problem([id, "break_glass"], "a purpose for subject access has no break-glass") if {
	some id, purpose in _purposes
	purpose.subject_access
	purpose.break_glass.allowed
}

problems contains _purpose_problem([id, "break_glass", "roles", type], sprintf("'%s' is not a requester of this purpose", [type])) if {
	some id, purpose in _purposes
	some type, _ in purpose.break_glass.roles
	not purpose.requesters[type]
}

problems contains _purpose_problem([id, "break_glass", "roles", type], sprintf("role '%s' of '%s' may not use this purpose", [role, type])) if {
	some id, purpose in _purposes
	some type, roles in purpose.break_glass.roles
	some role, _ in _roles_of(type, roles)
	not _roles_of(type, purpose.requesters[type])[role]
}

problems contains _purpose_problem([id, "break_glass", "operations"], sprintf("unknown operation '%s'", [operation])) if {
	some id, purpose in _purposes
	some operation in purpose.break_glass.operations
	not data.source.categories.operations[operation]
}

problems contains _purpose_problem([id, "break_glass", "categories"], sprintf("category '%s' is not in this purpose", [category])) if {
	some id, purpose in _purposes
	some category in purpose.break_glass.categories
	not category in {grant.category | some grant in purpose.grants}
}

# --- grants ----------------------------------------------------------------------------------------------------------------------------

_grants contains {"purpose": purpose, "grant": grant, "path": [id, "grants", sprintf("%d", [number])]} if {
	some id, purpose in _purposes
	some number, grant in purpose.grants
}

problems contains _purpose_problem(array.concat(at.path, ["category"]), sprintf("unknown category '%s'", [at.grant.category])) if {
	some at in _grants
	not _categories[at.grant.category]
}

problems contains _purpose_problem(array.concat(at.path, ["operations"]), sprintf("unknown operation '%s'", [operation])) if {
	some at in _grants
	some operation in at.grant.operations
	not data.source.categories.operations[operation]
}

problems contains _purpose_problem(array.concat(at.path, ["targets"]), sprintf("unknown organisation type '%s'", [target])) if {
	some at in _grants
	some target in at.grant.targets
	not _types[target]
}

problems contains _purpose_problem(array.concat(at.path, ["targets"]), sprintf("'%s' is no source of '%s'", [target, at.grant.category])) if {
	some at in _grants
	some operation in at.grant.operations
	data.source.categories.operations[operation].kind == "disclose"
	some target in at.grant.targets
	_types[target]
	not target in _categories[at.grant.category].sources
}

problems contains _purpose_problem(array.concat(at.path, ["callers"]), sprintf("'%s' is not a requester of this purpose", [caller])) if {
	some at in _grants
	some caller in at.grant.callers
	not at.purpose.requesters[caller]
}

problems contains _purpose_problem(array.concat(at.path, ["roles"]), sprintf("no caller of this grant has the role '%s'", [role])) if {
	some at in _grants
	some role in at.grant.roles
	every caller in _callers(at.purpose, at.grant) {
		not _may_use(at.purpose, caller, role)
	}
}

_may_use(purpose, caller, role) if _roles_of(caller, purpose.requesters[caller])[role]

problems contains _purpose_problem(array.concat(at.path, ["requires"]), sprintf("unknown state '%s'", [state])) if {
	some at in _grants
	some state in at.grant.requires
	not data.source.purposes.states[state]
}

problems contains _field_problem(array.concat(at.path, ["fields"]), at.grant.category, field) if {
	some at in _grants
	is_array(at.grant.fields)
	some field in at.grant.fields
	not _has_field(at.grant.category, field)
}

problems contains _field_problem(array.concat(at.path, ["fields_for", caller]), at.grant.category, field) if {
	some at in _grants
	some caller, fields in at.grant.fields_for
	is_array(fields)
	some field in fields
	not _has_field(at.grant.category, field)
}

problems contains _purpose_problem(array.concat(at.path, ["fields_for", caller]), sprintf("'%s' is not a caller of this grant", [caller])) if {
	some at in _grants
	some caller, _ in at.grant.fields_for
	not caller in _callers(at.purpose, at.grant)
}

problems contains _purpose_problem(array.concat(at.path, ["withheld", "organisation_types"]), sprintf("unknown organisation type '%s'", [type])) if {
	some at in _grants
	some type in at.grant.withheld.organisation_types
	not _types[type]
}

problems contains _purpose_problem(array.concat(at.path, ["withheld", "purposes", purpose]), sprintf("unknown purpose '%s'", [purpose])) if {
	some at in _grants
	some purpose, _ in at.grant.withheld.purposes
	not _purposes[purpose]
}

_field_problem(path, category, field) := _purpose_problem(path, sprintf("field '%s' is not in category '%s'", [field, category]))

# A category that does not exist is one problem, not one for each of its fields.
_has_field(category, field) if field in _categories[category].fields

_has_field(category, _) if not _categories[category]

# At most one line may apply to a call, or the answer would depend on which is read first.
problems contains _purpose_problem([id, "grants", sprintf("%d", [later])], sprintf("overlaps the grant on line %d: %s", [line, min(overlaps)])) if {
	some id, purpose in _purposes
	some earlier, first in purpose.grants
	some later, second in purpose.grants
	earlier < later
	first.category == second.category
	overlaps := {overlap |
		some operation in first.operations
		operation in second.operations
		some target in first.targets
		target in second.targets
		some caller in (_callers(purpose, first) & _callers(purpose, second))
		overlap := sprintf("both apply to %s of '%s' by '%s' at '%s'", [operation, first.category, caller, target])
	}
	count(overlaps) > 0
	line := source_lines["purposes.yaml"].lines[sprintf("purposes/%s/grants/%d", [id, earlier])]
}

# An obligation nobody carries out makes the gateway refuse every call that comes with it.
problems contains {"file": "purposes.yaml", "path": ["obligations", id], "message": message} if {
	some id, _ in data.source.purposes.obligations
	not id in data.source_obligations.known
	message := sprintf("no gateway of this version carries out obligation '%s'", [id])
}

# --- categories.yaml -------------------------------------------------------------------------------------------------------------------

problems contains _category_problem([id, "fields"], "the BSN is a field of no category") if {
	some id, category in _categories
	"bsn" in category.fields
}

# A field that no message can carry would be a promise. A category without any message is not built yet: `unbuilt` names it, and the fields
# its message is to have stand in build/planned.json.
problems contains _category_problem([id, "fields", sprintf("%d", [number])], sprintf("no message has field '%s' of category '%s'", [field, id])) if {
	some id, carried in object.union(data.source_planned, data.source_messages)
	some number, field in _categories[id].fields
	not field in carried
}

problems contains _category_problem([id, key], sprintf("field '%s' is not in category '%s'", [field, id])) if {
	some id, category in _categories
	some key, fields in object.union(category.tags, {"break_glass_fields": category.break_glass_fields})
	some field in fields
	not field in category.fields
}

problems contains _category_problem([id, "sources"], sprintf("unknown organisation type '%s'", [source])) if {
	some id, category in _categories
	some source in category.sources
	not _types[source]
}

# --- organisation-types.yaml -----------------------------------------------------------------------------------------------------------

_groups contains type.group if some type in _types

problems contains _organisation_problem(["visibility", matrix, viewer], sprintf("unknown group '%s'", [group])) if {
	some matrix in _matrices
	some viewer, holders in _visibility[matrix]
	some group in ({viewer} | object.keys(holders))
	not group in _groups
}

problems contains _organisation_problem(["visibility", "overrides", sprintf("%d", [number])], sprintf("unknown organisation type '%s'", [type])) if {
	some number, override in _visibility.overrides
	some type in {override.viewer, override.holder}
	not _types[type]
}

problems contains _organisation_problem(["visibility", "overrides", sprintf("%d", [number])], sprintf("unknown matrix '%s'", [override.matrix])) if {
	some number, override in _visibility.overrides
	not override.matrix in _matrices
}

problems contains _organisation_problem(["visibility", "contact_fields"], sprintf("field '%s' is not in category 'betrokkenheid'", [field])) if {
	some field in _visibility.contact_fields
	not field in _categories.betrokkenheid.fields
}

# --- reasons.yaml ----------------------------------------------------------------------------------------------------------------------

problems contains {"file": "reasons.yaml", "path": ["instead"], "message": sprintf("no text for '%s'", [code])} if {
	code := data.source.reasons.instead
	not _reasons[code]
}

# A rule whose code has no text could not refuse.
problems contains {"file": "reasons.yaml", "path": ["reasons", code], "message": sprintf("%s needs '%s' with both texts", [rule, code])} if {
	some rule, codes in _codes
	some code in codes
	not rule in object.get(_reasons, [code, "rules"], [])
}

problems contains {"file": "purposes.yaml", "path": ["states", state], "message": sprintf("'%s' is already the code of another rule", [code])} if {
	some state, _ in data.source.purposes.states
	code := data.source.purposes.states[state].code
	some rule, codes in _codes
	rule != "R12"
	code in codes
}

_codes := {
	"R1": {"INPUT_INVALID"},
	"R2": {"UNKNOWN_ORGANISATION_TYPE", "UNKNOWN_PURPOSE", "UNKNOWN_CATEGORY", "UNKNOWN_OPERATION"},
	"R3": {"PARTICIPANT_NOT_ACTIVE"},
	"R4": {"BSN_NOT_EXCHANGEABLE"},
	"R5": {"UNKNOWN_FIELD"},
	"R6": {"PURPOSE_NOT_FOR_ORGANISATION"},
	"R7": {"ROLE_NOT_PERMITTED"},
	"R8": {"CATEGORY_NOT_IN_PURPOSE"},
	"R9": {"CATEGORY_NOT_FOR_CALLER", "OPERATION_NOT_PERMITTED", "TARGET_NOT_A_SOURCE", "ROLE_NOT_PERMITTED_FOR_CATEGORY"},
	"R11": {"AGE_UNKNOWN", "AGE_OUT_OF_RANGE"},
	"R12": {state.code | some state in data.source.purposes.states},
	"R13": {"CRISIS_LEVEL_TOO_LOW"},
	"R14": {"INVOLVEMENT_NOT_VISIBLE"},
	"R15": {"SECRECY_CONSENT_REQUIRED"},
	"R16": {"CONSENT_REFUSED", "CONSENT_REQUIRED", "CONSENT_INVALID"},
	"R17": {
		"ASSURANCE_TOO_LOW", "AGE_UNKNOWN", "REPRESENTATION_NOT_PERMITTED", "CHILD_OBJECTS",
		"CONSENT_REFUSED", "CONSENT_REQUIRED", "CONSENT_INVALID",
	},
	"R18a": {"NOT_INVITED"},
	"R18b": {"CALLER_NOT_INVOLVED"},
	"R18c": {"SUBJECT_NOT_INFORMED"},
	"R18d": {"TARGET_NOT_INVOLVED"},
	"R18e": {"INSPECTION_RESTRICTED"},
	"R18f": {"LINE_WITHHELD"},
	"R19": {
		"BREAK_GLASS_NOT_ALLOWED", "BREAK_GLASS_ROLE", "BREAK_GLASS_NOT_FOR_CATEGORY", "BREAK_GLASS_NOT_RED",
		"BREAK_GLASS_JUSTIFICATION",
	},
	"R20": {"FIELD_NOT_PERMITTED", "NO_FIELDS_PERMITTED", "SECRET_ADDRESS"},
}
