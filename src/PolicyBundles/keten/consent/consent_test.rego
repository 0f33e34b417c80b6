package keten.consent_test

import data.keten.consent

_given(age, givers) := {"consent": "given", "subject_age": age, "consent_by": givers}

test_under_twelve_a_parent_or_guardian_decides if {
	consent.valid(_given(0, ["parent"]))
	consent.valid(_given(11, ["guardian"]))
	not consent.valid(_given(11, ["subject"]))
	not consent.valid(_given(11, ["legal-representative"]))
	not consent.valid(_given(-1, ["parent"]))
}

test_from_twelve_to_fifteen_both_decide if {
	consent.valid(_given(12, ["subject", "parent"]))
	consent.valid(_given(15, ["guardian", "subject"]))
	not consent.valid(_given(12, ["subject"]))
	not consent.valid(_given(15, ["parent"]))
}

test_from_sixteen_the_person_or_a_representative_decides if {
	consent.valid(_given(16, ["subject"]))
	consent.valid(_given(80, ["legal-representative"]))
	not consent.valid(_given(16, ["parent"]))
}

test_consent_that_is_not_a_list_of_people_is_invalid if {
	every givers in ["subject", {"subject": "subject"}, true, null, [], [["subject"]], 3] {
		not consent.valid(_given(30, givers))
	}
	not consent.valid({"consent": "given", "subject_age": 30})
	not consent.valid({"consent": "given", "consent_by": ["subject"]})
	not consent.valid({"consent": true, "subject_age": 30, "consent_by": ["subject"]})
}

test_the_problem_is_named if {
	consent.problem({"consent": "refused"}) == "CONSENT_REFUSED"
	consent.problem({"consent": "withdrawn"}) == "CONSENT_REFUSED"
	consent.problem({"consent": "none"}) == "CONSENT_REQUIRED"
	consent.problem({}) == "CONSENT_REQUIRED"
	consent.problem(_given(30, [])) == "CONSENT_INVALID"
	not consent.problem(_given(30, ["subject"]))
}
