# Every case of policy-cases.json, the table a privacy officer extends.
package keten.tests_test

import data.keten.access
import data.keten.tests

_cases := data.cases.cases

_outcomes := {example.id: outcome |
	some example in _cases
	outcome := access.decision with input as tests.from_case(example)
}

_as_expected(outcome, expected) if {
	{true: "allow", false: "deny"}[outcome.allow] == expected.decision
	outcome.reason_code == expected.reason_code
	outcome.caller_code == object.get(expected, "caller_code", expected.reason_code)
	outcome.fields == object.get(expected, "fields", [])
	outcome.obligations == object.get(expected, "obligations", [])
}

test_there_are_cases if count(_cases) >= 192

# One test, because a test decides every case anew: `keten policy check` names the case that is not as expected.
test_every_case_is_as_expected_and_no_answer_contradicts_itself if {
	every example in _cases {
		_as_expected(_outcomes[example.id], example.expect)
		_agrees_with_itself(_outcomes[example.id])
	}
}

_agrees_with_itself(outcome) if {
	outcome.allow
	outcome.reasons == []
}

# Allow and an empty list of reasons always agree, the first reason is the rule's code, the caller is told one that may be told, and a refusal
# gives nothing away.
_agrees_with_itself(outcome) if {
	not outcome.allow
	outcome.reasons[0].code == outcome.reason_code
	{reason.code | some reason in outcome.reasons; reason.disclosable} == {outcome.caller_code}
	[outcome.fields, outcome.obligations, outcome.legal_basis, outcome.retention_days] == [[], [], [], 0]
}

# No fact is needed to be refused: whoever leaves out what speaks for him never gets more.
test_leaving_out_a_fact_never_turns_a_refusal_into_an_allow if {
	widened := {[example.id, fact] |
		some example in _cases
		example.expect.decision == "deny"
		some fact, _ in example.context
		not fact in {"child_objects", "inspection_restricted", "secret_address"}
		outcome := access.decision with input as tests.from_case(object.union(
			object.remove(example, ["context"]),
			{"context": object.remove(example.context, [fact])},
		))
		outcome.allow
	}
	widened == set()
}

# A fact of the wrong type is worth no more than an absent one.
test_a_fact_of_the_wrong_type_never_allows_more_than_its_absence if {
	widened := {[example.id, fact, wrong] |
		some example in _cases
		some fact, right in example.context
		some wrong in [null, 1, "true", ["subject"]]
		type_name(wrong) != type_name(right)
		outcome := access.decision with input as _changed(example, {fact: wrong})
		outcome.allow
		not _allowed_without(example, fact, outcome)
	}
	widened == set()
}

_allowed_without(example, fact, outcome) if {
	without := access.decision with input as tests.from_case(object.union(
		object.remove(example, ["context"]),
		{"context": object.remove(example.context, [fact])},
	))
	without.allow
	every field in outcome.fields {
		field in without.fields
	}
}

# Not object.union alone: it would merge a break-glass object instead of replacing it.
_changed(example, facts) := object.union(
	object.remove(question, ["context"]),
	{"context": object.union(object.remove(question.context, object.keys(facts)), facts)},
) if {
	question := tests.from_case(example)
}
