package keten.access_test

import data.keten.access
import data.keten.tests

_code(question) := answer.reason_code if {
	answer := access.decision with input as question
}

test_the_known_question_is_allowed if {
	answer := access.decision with input as tests.the_question
	answer.allow
	answer.rule == "R22"
	answer.reasons == []
	answer.legal_basis == ["Wet BRP 1.7", "Wet BRP 2.34", "AVG 6.1.e", "AVG 5.1.d"]
	answer.retention_days == 3650
	answer.obligations == ["delete-after:3650d", "log-disclosure", "mask-address-if-secret"]
	answer.break_glass == false
}

# Defined for every input: whatever arrives is answered, and what is no question is refused.
test_garbage_is_refused if {
	every garbage in [
		{}, null, [], "", 0, true, false, {"subject": null}, {"subject": {"properties": []}}, {"context": "naw-hergebruik"},
		{"subject": "x", "action": "x", "resource": "x", "context": "x"},
	] {
		_code(garbage) == "INPUT_INVALID"
	}
}

test_no_input_at_all_is_refused if access.decision.reason_code == "INPUT_INVALID"

test_each_missing_or_malformed_part_is_refused if {
	every path in [
		"/subject", "/subject/properties", "/subject/properties/organisation_type", "/subject/properties/role", "/action",
		"/action/name", "/resource", "/resource/type", "/resource/properties", "/resource/properties/organisation_type",
		"/context", "/context/purpose",
	] {
		_code(json.patch(tests.the_question, [{"op": "remove", "path": path}])) == "INPUT_INVALID"
		every wrong in [null, 0, true, [], {}, ["read"]] {
			_code(json.patch(tests.the_question, [{"op": "replace", "path": path, "value": wrong}])) == "INPUT_INVALID"
		}
	}
}

_with_fields(fields) := json.patch(tests.the_question, [{"op": "add", "path": "/resource/properties/fields", "value": fields}])

test_a_malformed_field_list_is_refused if {
	every fields in [[], null, "phone", {"phone": true}, false, 3] {
		_code(_with_fields(fields)) == "INPUT_INVALID"
	}
}

test_a_field_that_is_no_text_is_unknown if {
	every field in [null, 3, true, ["phone"], {"phone": true}] {
		_code(_with_fields(["phone", field])) == "UNKNOWN_FIELD"
	}
}

test_the_bsn_is_named_even_among_other_unknown_fields if _code(_with_fields(["shoe_size", "bsn"])) == "BSN_NOT_EXCHANGEABLE"

test_fields_keep_category_order_and_are_given_once if {
	answer := access.decision with input as _with_fields(["phone", "given_names", "phone"])
	answer.fields == ["given_names", "phone"]
}

test_a_status_that_is_not_active_is_refused if {
	every party in ["subject", "resource"] {
		every status in ["suspended", "", null, true, ["active"]] {
			path := sprintf("/%s/properties/status", [party])
			_code(json.patch(tests.the_question, [{"op": "add", "path": path, "value": status}])) == "PARTICIPANT_NOT_ACTIVE"
		}
	}
}

test_a_target_of_unknown_type_is_refused if {
	question := json.patch(tests.the_question, [{"op": "replace", "path": "/resource/properties/organisation_type", "value": "bakker"}])
	_code(question) == "UNKNOWN_ORGANISATION_TYPE"
}

# The register is the only source of permission: without it, or with a hole in it, nothing is allowed.
test_without_a_register_nothing_is_allowed if {
	answer := access.decision with input as tests.the_question with data.keten.register as {}
	answer.reason_code == "UNAVAILABLE"
	not answer.allow
}

test_a_hole_in_the_register_refuses if {
	question := json.patch(tests.the_question, [{"op": "replace", "path": "/context/caller_involved", "value": false}])
	answer := access.decision with input as question with data.keten.register.refusals as {}
	answer.reason_code == "UNAVAILABLE"
	not answer.allow
}

test_a_hole_in_the_refusals_of_break_glass_refuses if {
	question := tests.with_context(json.patch(tests.the_question, [{"op": "remove", "path": "/context/caller_involved"}]), {"break_glass": {}})
	answer := access.decision with input as question with data.keten.register.break_glass_refusals as {}
	answer.reason_code == "UNAVAILABLE"
	not answer.allow
}

test_a_broken_register_line_refuses if {
	patch := {"op": "remove", "path": ["purposes", "naw-hergebruik", "lines", "0 disclose", "legal_basis"]}
	broken := json.patch(data.keten.register, [patch])
	answer := access.decision with input as tests.the_question with data.keten.register as broken
	answer.reason_code == "UNAVAILABLE"
}

test_an_age_is_a_whole_number if {
	every wrong in ["8", 8.5, 1000, -1000, 99999999999999999999999999999, null, true, [8], {"8": 8}] {
		_code(tests.with_context(_youth, {"subject_age": wrong})) == "AGE_UNKNOWN"
	}
	_code(tests.with_context(_youth, {"subject_age": 8})) == "ALLOWED"
	_code(tests.with_context(_youth, {"subject_age": -1})) == "AGE_OUT_OF_RANGE"
	_code(tests.with_context(_youth, {"subject_age": 23})) == "AGE_OUT_OF_RANGE"
}

_youth := tests.from_case({
	"caller": {"type": "huisarts", "role": "huisarts"},
	"target": {"type": "gateway"},
	"purpose": "betrokkenheid-jeugd",
	"category": "betrokkenheid",
	"operation": "submit",
	"context": {"risk_assessed": true, "subject_informed": true},
})

# A target that does not know the person must not be told from one that may not answer.
test_a_hidden_code_is_told_as_another if {
	question := json.patch(tests.the_question, [{"op": "remove", "path": "/context/target_involved"}])
	answer := access.decision with input as question
	answer.reason_code == "TARGET_NOT_INVOLVED"
	answer.rule == "R18d"
	answer.caller_code == "ACCESS_NOT_PERMITTED"
	[reason.disclosable | some reason in answer.reasons] == [false, true]
}

test_break_glass_on_a_hidden_failure_is_hidden_too if {
	question := tests.with_context(
		json.patch(tests.the_question, [{"op": "remove", "path": "/context/target_involved"}]),
		{"break_glass": {"justification": "Kind alleen thuis met gewonde moeder"}},
	)
	answer := access.decision with input as question
	answer.reason_code == "BREAK_GLASS_NOT_ALLOWED"
	answer.caller_code == "ACCESS_NOT_PERMITTED"
}

test_break_glass_is_ignored_where_the_normal_path_allows if {
	_code(tests.with_context(tests.the_question, {"break_glass": {"justification": ""}})) == "ALLOWED"
}

_red := tests.from_case({
	"caller": {"type": "veilig-thuis", "role": "crisismedewerker"},
	"target": {"type": "gemeente"},
	"purpose": "crisis-afstemmen",
	"category": "naw",
	"operation": "read",
	"context": {"crisis_level": "red"},
})

test_break_glass_needs_a_real_sentence if {
	every wrong in [
		null, 3, true, [], {}, "spoed", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "  a b c d  ", "aaaaaaaaa   bbbbbbbbb   ",
		["Kind alleen thuis met gewonde moeder"], {"justification": "Kind alleen thuis met gewonde moeder"},
	] {
		_code(tests.with_context(_red, {"break_glass": {"justification": wrong}})) == "BREAK_GLASS_JUSTIFICATION"
	}
	_code(tests.with_context(_red, {"break_glass": "Kind alleen thuis met gewonde moeder"})) == "BREAK_GLASS_JUSTIFICATION"
	_code(tests.with_context(_red, {"break_glass": null})) == "CALLER_NOT_INVOLVED"
}

test_break_glass_covers_its_operations_only if {
	question := tests.from_case({
		"caller": {"type": "veilig-thuis", "role": "crisismedewerker"},
		"target": {"type": "gemeente"},
		"purpose": "veiligheid-beoordelen",
		"category": "veiligheidsplan",
		"operation": "subscribe",
		"context": {"crisis_level": "red", "break_glass": {"justification": "Kind alleen thuis met gewonde moeder"}},
	})
	_code(question) == "BREAK_GLASS_NOT_FOR_CATEGORY"
}

# Sets aside R18c as well, and then adds its own term for informing instead of the one of the exemption.
test_break_glass_needs_no_exemption_from_informing if {
	question := tests.from_case({
		"caller": {"type": "gecertificeerde-instelling", "role": "crisismedewerker"},
		"target": {"type": "gemeente"},
		"purpose": "jeugdbescherming-uitvoeren",
		"category": "naw",
		"operation": "read",
		"context": {
			"crisis_level": "red", "subject_age": 5, "measure_active": true, "inform_exemption": "safety",
			"break_glass": {"justification": "Kind alleen thuis met gewonde moeder"},
		},
	})
	answer := access.decision with input as question
	answer.break_glass
	not "inform-subject-when-safe" in answer.obligations
	"inform-subject-14d" in answer.obligations
}

# A secret address: whatever is not plainly false counts as secret.
test_a_malformed_secret_address_hides_the_address if {
	every secret in [true, "false", null, 0, []] {
		answer := access.decision with input as tests.with_context(tests.the_question, {"secret_address": secret})
		not "street" in answer.fields
		not "mask-address-if-secret" in answer.obligations
	}
	answer := access.decision with input as tests.with_context(tests.the_question, {"secret_address": false})
	"street" in answer.fields
}

test_police_visibility_is_contact_only if {
	question := tests.from_case({
		"caller": {"type": "politie", "role": "wijkagent"},
		"target": {"type": "wijkteam"},
		"purpose": "betrokkenheid-jeugd",
		"category": "betrokkenheid",
		"operation": "read",
		"context": {"subject_age": 8, "caller_involved": true, "target_involved": true, "subject_informed": true},
	})
	answer := access.decision with input as question
	answer.fields == ["organisation", "organisation_type", "contact_desk", "contact_phone", "contact_email"]
}

test_an_exemption_of_another_kind_is_none if {
	_code(tests.with_context(json.patch(_youth, [{"op": "remove", "path": "/context/subject_informed"}]), {
		"subject_age": 8,
		"inform_exemption": "none",
	})) == "SUBJECT_NOT_INFORMED"
	_code(tests.with_context(json.patch(_youth, [{"op": "remove", "path": "/context/subject_informed"}]), {
		"subject_age": 8,
		"inform_exemption": "impossible",
	})) == "ALLOWED"
}
