# METADATA
# title: The register in lookup form
# description: >-
#   Turns the YAML a privacy officer edits into `data.keten.register`, in which every question of a rule is one lookup by name. Runs
#   when the bundle is built, never when a call is decided. It resolves what the YAML leaves implicit ("*", absent callers, a grant
#   that replaces a condition of its purpose) and decides nothing.
package keten.build

_purposes := data.source.purposes.purposes

_categories := data.source.categories.categories

_types := data.source.organisation_types.organisation_types

_visibility := data.source.organisation_types.visibility

# A state that has no text of its own gets one from its name, so that a new state needs one line of YAML.
_reasons := object.union(_reasons_of_states, data.source.reasons.reasons)

_reasons_of_states[state.code] := {
	"rules": ["R12"],
	"nl": concat("", ["Een vereist gegeven is niet vastgelegd: ", object.get(state, "name_nl", state.name_en), "."]),
	"en": concat("", ["A required fact was not recorded: ", state.name_en, "."]),
} if {
	some state in data.source.purposes.states
}

# METADATA
# title: Compiled register
# entrypoint: true
register := {
	"organisation_types": organisation_types,
	"categories": categories,
	"operations": operations,
	"visibility": visibility,
	"contact_fields": _as_set(_visibility.contact_fields),
	"purposes": purposes,
	"refusals": refusals,
	"break_glass_refusals": break_glass_refusals,
}

_as_set(list) := {item: true | some item in list}

_fields_of(category, "*") := _categories[category].fields

_fields_of(category, list) := [field | some field in _categories[category].fields; field in list] if is_array(list)

_roles_of(type, "*") := _as_set(_types[type].roles)

_roles_of(_, list) := _as_set(list) if is_array(list)

_tagged(category, tag) := object.get(_categories[category], ["tags", tag], [])

organisation_types[id] := {
	"participant": type.participant,
	"group": type.group,
	"secrecy": type.secrecy,
	"bsn_authorised": type.bsn_authorised,
	"roles": _as_set(type.roles),
	"name_nl": type.name_nl,
	"name_en": type.name_en,
} if {
	some id, type in _types
}

categories[id] := {
	"class": category.class,
	"personal": category.personal,
	"fields": _as_set(category.fields),
	"name_nl": category.name_nl,
	"name_en": category.name_en,
} if {
	some id, category in _categories
}

operations[id] := operation.kind if some id, operation in data.source.categories.operations

# Who sees whom (section 7), by type instead of by group, the narrower overrides applied. A pair that is absent is `none`.
visibility[matrix][viewer][holder] := level if {
	some matrix in _matrices
	some viewer, _ in _types
	some holder, _ in _types
	level := _level(matrix, viewer, holder)
	level != "none"
}

_matrices := {matrix | some matrix, _ in _visibility} - {"contact_fields", "overrides"}

_level(matrix, viewer, holder) := level if {
	some override in _visibility.overrides
	[override.matrix, override.viewer, override.holder] == [matrix, viewer, holder]
	level := override.level
} else := _visibility[matrix][_types[viewer].group][_types[holder].group]

purposes[id] := object.union({"visibility": matrix | matrix := purpose.visibility}, {
	"name_nl": purpose.name_nl,
	"name_en": purpose.name_en,
	"requesters": {type: _roles_of(type, roles) | some type, roles in purpose.requesters},
	"grants": {category: _by_caller(id, category) | some category in {grant.category | some grant in purpose.grants}},
	"lines": {line_id: line |
		some number, grant in purpose.grants
		some caller in _callers(purpose, grant)
		some operation in grant.operations
		line_id := _line_id(number, grant, caller, operation)
		line := _line(purpose, grant, caller, operations[operation])
	},
	"match_fields": _match_fields(purpose),
}) if {
	some id, purpose in _purposes
}

_callers(_, grant) := {caller | some caller in grant.callers} if grant.callers

_callers(purpose, grant) := {caller | some caller, _ in purpose.requesters} if not grant.callers

# The narrowing of R9, step by step: category -> caller -> operation -> target -> the one register line that applies.
_by_caller(purpose_id, category) := {caller: _by_operation(purpose_id, category, caller) |
	some grant in _purposes[purpose_id].grants
	grant.category == category
	some caller in _callers(_purposes[purpose_id], grant)
}

_by_operation(purpose_id, category, caller) := {operation: _by_target(purpose_id, category, caller, operation) |
	some grant in _purposes[purpose_id].grants
	grant.category == category
	caller in _callers(_purposes[purpose_id], grant)
	some operation in grant.operations
}

_by_target(purpose_id, category, caller, operation) := {target: _line_id(number, grant, caller, operation) |
	some number, grant in _purposes[purpose_id].grants
	grant.category == category
	caller in _callers(_purposes[purpose_id], grant)
	operation in grant.operations
	some target in grant.targets
}

# Callers share a line unless the grant narrows the fields for one of them.
_line_id(number, grant, caller, operation) := sprintf("%d %s %s", [number, operations[operation], caller]) if grant.fields_for[caller]

_line_id(number, grant, caller, operation) := sprintf("%d %s", [number, operations[operation]]) if not grant.fields_for[caller]

# One register line with everything the rules need to know of its purpose, its category and itself. Members that do not apply are left out,
# so that a rule passes over them with one look.
_line(purpose, grant, caller, kind) := object.union(
	_conditions(purpose, grant, kind, fields),
	{
		"fields": fields,
		"personal": category.personal,
		"class": category.class,
		"discloses": kind == "disclose",
		"informed": object.get(grant, "informed", purpose.informed),
		"secrecy": object.get(grant, "secrecy", purpose.secrecy),
		"consent": purpose.consent,
		"subject_access": object.get(purpose, "subject_access", false),
		"caller_involved": object.get(grant, "involvement", purpose.involvement).caller,
		"target_involved": object.get(grant, "involvement", purpose.involvement).target,
		"obligations": _standing_obligations(purpose, grant.category),
		"legal_basis": array.concat(purpose.legal_basis.law, object.get(purpose.legal_basis, "gdpr", [])),
		"retention_days": purpose.retention_days,
	},
) if {
	category := _categories[grant.category]
	fields := _fields_of(grant.category, object.get(grant, ["fields_for", caller], grant.fields))
}

_conditions(purpose, grant, kind, fields) := object.union_n([
	{"roles": _as_set(roles) | roles := grant.roles},
	{"age": age | age := purpose.age},
	{"requires": states |
		facts := array.concat(object.get(purpose, "requires", []), object.get(grant, "requires", []))
		facts != []
		states := [{"fact": fact, "code": data.source.purposes.states[fact].code} | some fact in facts]
	},
	{"crisis_levels": _as_set(levels) | levels := purpose.crisis_levels},
	{"visibility": matrix |
		kind == "disclose"
		grant.category == "betrokkenheid"
		matrix := purpose.visibility
	},
	{"core": _as_set(core) | core := purpose.core},
	{"break_glass": glass |
		purpose.break_glass.allowed
		glass := {
			"roles": {type: _roles_of(type, roles) | some type, roles in purpose.break_glass.roles},
			"operations": _as_set(purpose.break_glass.operations),
			"categories": _as_set(purpose.break_glass.categories),
			"fields": _as_set(_categories[grant.category].break_glass_fields),
		}
	},
	{"bound_by_secrecy": {type: true | some type, about in _types; about.secrecy == "medical"} |
		object.get(grant, "secrecy", purpose.secrecy) == "consent"
	},
	{"address_fields": address |
		address := {field: true | some field in _tagged(grant.category, "address"); field in fields}
		address != {}
	},
	{"others_fields": _as_set(array.concat(_tagged(grant.category, "third_party"), _tagged(grant.category, "reporter"))) |
		purpose.subject_access
	},
	{"secret_address_visible_to": _as_set(types) | types := purpose.secret_address_visible_to},
	{"withheld": lines |
		withheld := grant.withheld
		lines := {
			"organisation_types": _as_set(withheld.organisation_types),
			"categories": {category: true | some category, about in _categories; about.class in withheld.classes},
			"purposes": withheld.purposes,
			"uninformed": withheld.uninformed,
		}
	},
])

# The obligations of R21 that depend on the register alone, sorted.
_standing_obligations(purpose, category) := sort({obligation |
	some obligation in array.concat(purpose.obligations, _of_category(purpose, category))
})

_of_category(purpose, category) := [obligation |
	some obligation in ((_logged(category) | _deleted(purpose, category)) | _kept_inside(category))
]

_logged(category) := {"log-disclosure" | _categories[category].personal}

_deleted(purpose, category) := {sprintf("delete-after:%dd", [purpose.retention_days]) |
	_categories[category].personal
	purpose.retention_days != 0
}

_kept_inside(category) := {"no-onward-sharing" |
	_categories[category].personal
	_categories[category].class == "criminal"
}

# What a match shows (section 7): full is the subscribe grant of the viewer, contact what of that is a contact field.
_match_fields(purpose) := {viewer: {"full": full, "contact": contact} |
	purpose.visibility
	some grant in purpose.grants
	grant.category == "betrokkenheid"
	"subscribe" in grant.operations
	some viewer in _callers(purpose, grant)
	full := _fields_of("betrokkenheid", object.get(grant, ["fields_for", viewer], grant.fields))
	contact := [field | some field in full; field in _visibility.contact_fields]
}

# Every refusal is a finished answer: a call that is refused costs a lookup, and no call site can show what may not be shown.
refusals[rule][code] := _refusal(rule, code, code) if {
	some code, reason in _reasons
	some rule in reason.rules
	object.get(reason, "disclosable", true)
	rule != "R22"
}

refusals[rule][code] := _refusal(rule, code, data.source.reasons.instead) if {
	some code, reason in _reasons
	some rule in reason.rules
	not object.get(reason, "disclosable", true)
}

# A failed break-glass is told to the caller only when the failure underneath may be told (R22).
break_glass_refusals[underlying][code] := _refusal("R19", code, told) if {
	some underlying in {"NOT_INVITED", "CALLER_NOT_INVOLVED", "SUBJECT_NOT_INFORMED", "TARGET_NOT_INVOLVED"}
	some code, reason in _reasons
	"R19" in reason.rules
	told := {true: code, false: data.source.reasons.instead}[object.get(_reasons[underlying], "disclosable", true)]
}

_refusal(rule, code, told) := {
	"allow": false,
	"reason_code": code,
	"rule": rule,
	"caller_code": told,
	"reasons": [_reason(shown, shown == told) | some shown in _shown(code, told)],
	"fields": [],
	"obligations": [],
	"legal_basis": [],
	"retention_days": 0,
	"break_glass": false,
}

_shown(code, code) := [code]

_shown(code, told) := [code, told] if code != told

_reason(code, disclosable) := {
	"code": code,
	"disclosable": disclosable,
	"nl": _reasons[code].nl,
	"en": _reasons[code].en,
}
