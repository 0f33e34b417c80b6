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
