package keten.subject_access_test

import data.keten.access
import data.keten.tests

_code(role, category, facts) := answer.reason_code if {
	answer := access.decision with input as tests.from_case({
		"caller": {"type": "inwoner-portaal", "role": role},
		"target": {"type": "gemeente"},
		"purpose": "inzage-betrokkene",
		"category": category,
		"operation": "read",
		"context": object.union({"target_involved": true, "assurance_level": "high"}, facts),
	})
}

test_special_data_need_the_highest_login if {
	_code("inwoner", "veiligheidsplan", {"subject_age": 40, "assurance_level": "substantial"}) == "ASSURANCE_TOO_LOW"
	_code("inwoner", "veiligheidsplan", {"subject_age": 40, "assurance_level": "high"}) == "ALLOWED"
	_code("inwoner", "naw", {"subject_age": 40, "assurance_level": "substantial"}) == "ALLOWED"
	_code("inwoner", "naw", {"subject_age": 40, "assurance_level": "low"}) == "ASSURANCE_TOO_LOW"
}

test_age_decides_who_may_look if {
	_code("inwoner", "naw", {}) == "AGE_UNKNOWN"
	_code("inwoner", "naw", {"subject_age": 11}) == "REPRESENTATION_NOT_PERMITTED"
	_code("inwoner", "naw", {"subject_age": 12}) == "ALLOWED"
	_code("wettelijk-vertegenwoordiger", "naw", {"subject_age": 15}) == "ALLOWED"
	_code("wettelijk-vertegenwoordiger", "naw", {"subject_age": 16}) == "REPRESENTATION_NOT_PERMITTED"
	_code("gemachtigde", "naw", {"subject_age": 15, "consent": "given", "consent_by": ["subject", "parent"]}) == "REPRESENTATION_NOT_PERMITTED"
}

test_a_child_from_twelve_is_heard if {
	_code("wettelijk-vertegenwoordiger", "naw", {"subject_age": 12, "child_objects": true}) == "CHILD_OBJECTS"
	_code("wettelijk-vertegenwoordiger", "naw", {"subject_age": 12, "child_objects": "nee"}) == "CHILD_OBJECTS"
	_code("wettelijk-vertegenwoordiger", "naw", {"subject_age": 12, "child_objects": false}) == "ALLOWED"
	_code("wettelijk-vertegenwoordiger", "naw", {"subject_age": 11, "child_objects": true}) == "ALLOWED"
	_code("inwoner", "naw", {"subject_age": 12, "child_objects": true}) == "ALLOWED"
}

test_a_proxy_needs_consent if {
	_code("gemachtigde", "naw", {"subject_age": 70}) == "CONSENT_REQUIRED"
	_code("gemachtigde", "naw", {"subject_age": 70, "consent": "withdrawn"}) == "CONSENT_REFUSED"
	_code("gemachtigde", "naw", {"subject_age": 70, "consent": "given", "consent_by": ["parent"]}) == "CONSENT_INVALID"
	_code("gemachtigde", "naw", {"subject_age": 70, "consent": "given", "consent_by": ["subject"]}) == "ALLOWED"
}

test_a_restriction_looks_like_nothing_to_show if {
	_code("inwoner", "naw", {"subject_age": 40, "inspection_restricted": true}) == "INSPECTION_RESTRICTED"
	_code("inwoner", "naw", {"subject_age": 40, "inspection_restricted": "nee"}) == "INSPECTION_RESTRICTED"
	_code("inwoner", "naw", {"subject_age": 40, "inspection_restricted": false}) == "ALLOWED"
}

_ordinary := {
	"caller_type": "wijkteam", "target_type": "gemeente", "purpose": "naw-hergebruik", "category": "naw", "uninformed": false,
	"shielded": false, "days": 0,
}

_line(changes) := answer.reason_code if {
	answer := access.decision with input as tests.from_case({
		"caller": {"type": "inwoner-portaal", "role": "inwoner"},
		"target": {"type": "gateway"},
		"purpose": "inzage-betrokkene",
		"category": "verwerkingen-log",
		"operation": "read",
		"context": {"assurance_level": "substantial", "subject_age": 40, "logged": object.union(_ordinary, changes)},
	})
}

test_an_ordinary_line_is_shown_at_once if {
	_line({}) == "ALLOWED"
}

test_police_and_justice_are_asked_themselves if {
	every type in ["politie", "openbaar-ministerie"] {
		_line({"caller_type": type, "days": 5000}) == "LINE_WITHHELD"
		_line({"target_type": type, "days": 5000}) == "LINE_WITHHELD"
	}
	_line({"category": "politie-signaal", "days": 5000}) == "LINE_WITHHELD"
	_line({"category": "justitiele-gegevens", "days": 5000}) == "LINE_WITHHELD"
}

test_a_running_investigation_is_not_given_away_and_its_term_ends if {
	_line({"purpose": "veiligheid-beoordelen", "days": 69}) == "LINE_WITHHELD"
	_line({"purpose": "veiligheid-beoordelen", "days": 70}) == "ALLOWED"
	_line({"purpose": "crisis-afstemmen", "days": 13}) == "LINE_WITHHELD"
	_line({"purpose": "crisis-afstemmen", "days": 14}) == "ALLOWED"
}

test_who_was_not_told_for_safety_is_not_told_by_the_log if {
	_line({"uninformed": true, "days": 179}) == "LINE_WITHHELD"
	_line({"uninformed": true, "days": 180}) == "ALLOWED"
	_line({"shielded": true, "days": 5000}) == "LINE_WITHHELD"
}

test_a_line_that_is_not_described_well_is_not_shown if {
	every fault in [{"days": "70"}, {"caller_type": null}, {"target_type": 3}, {"category": []}, {"uninformed": "nee"}, {"shielded": "nee"}] {
		_line(fault) == "LINE_WITHHELD"
	}
}

_at_gateway(age, facts) := answer.reason_code if {
	answer := access.decision with input as tests.from_case({
		"caller": {"type": "inwoner-portaal", "role": "wettelijk-vertegenwoordiger"},
		"target": {"type": "gateway"},
		"purpose": "inzage-betrokkene",
		"category": "verwerkingen-log",
		"operation": "read",
		"context": object.union({"assurance_level": "substantial", "subject_age": age}, facts),
	})
}

test_the_gateway_knows_no_objection_so_a_child_from_twelve_must_have_agreed if {
	_at_gateway(11, {}) == "ALLOWED"
	_at_gateway(12, {}) == "CHILD_OBJECTS"
	_at_gateway(12, {"child_agrees": "ja"}) == "CHILD_OBJECTS"
	_at_gateway(12, {"child_agrees": true}) == "ALLOWED"
}

test_a_caller_cannot_describe_a_line_where_there_is_none if {
	_code("inwoner", "naw", {"subject_age": 40, "logged": _ordinary}) == "LINE_WITHHELD"
}

test_the_log_is_answered_by_who_is_not_involved_any_more if {
	_code("inwoner", "verwerkingen-log", {"subject_age": 40, "target_involved": false}) == "ALLOWED"
}
