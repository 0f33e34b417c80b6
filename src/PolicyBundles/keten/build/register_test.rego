# The lookup form says what the YAML says.
package keten.build_test

import data.keten.access
import data.keten.build
import data.keten.tests

test_what_ships_is_what_is_built if build.register == data.keten.register

test_every_grant_is_found_by_lookup if {
	missing := {[id, number, operation, caller, target] |
		some id, purpose in data.source.purposes.purposes
		some number, grant in purpose.grants
		some operation in grant.operations
		some caller in object.get(grant, "callers", object.keys(purpose.requesters))
		some target in grant.targets
		not _leads_to(id, [grant.category, caller, operation, target], number)
	}
	missing == set()
}

_leads_to(id, path, number) if {
	line := object.get(build.register.purposes[id].grants, path, "")
	startswith(line, sprintf("%d ", [number]))
	build.register.purposes[id].lines[line]
}

# A new purpose is YAML and nothing else, a new state included.
test_a_new_purpose_needs_no_rego if {
	source := json.patch(data.source.purposes, [
		{"op": "add", "path": "states/plan_agreed", "value": {"code": "PLAN_NOT_AGREED", "name_en": "the family agreed to the plan"}},
		{"op": "add", "path": "purposes/nazorg", "value": {
			"name_nl": "Nazorg", "name_en": "Aftercare", "legal_basis": {"law": ["Wmo 2015 2.1.1"], "gdpr": ["AVG 6.1.e"]},
			"requesters": {"wijkteam": "*"}, "requires": ["plan_agreed"], "secrecy": "statutory", "consent": false,
			"informed": "not-required", "involvement": {"caller": false, "target": false}, "retention_days": 30,
			"obligations": [], "break_glass": {"allowed": false},
			"grants": [{"category": "plan", "operations": ["read"], "targets": ["gemeente"], "fields": ["goal", "status"]}],
		}},
	])
	register := build.register with data.source.purposes as source
	question := tests.from_case({
		"caller": {"type": "wijkteam", "role": "wijkcoach"}, "target": {"type": "gemeente"}, "purpose": "nazorg",
		"category": "plan", "operation": "read", "context": {"plan_agreed": true},
	})
	allowed := access.decision with input as question with data.keten.register as register
	allowed.fields == ["status", "goal"]
	refused := access.decision with input as json.patch(question, [{"op": "remove", "path": "/context/plan_agreed"}])
		with data.keten.register as register
	refused.reason_code == "PLAN_NOT_AGREED"
	refused.reasons[0].en == "A required fact was not recorded: the family agreed to the plan."
}

# Every state, obligation and rule has its refusal ready, in both languages.
test_every_refusal_is_complete if {
	every rule, answers in build.register.refusals {
		every code, answer in answers {
			answer.rule == rule
			answer.reason_code == code
			answer.allow == false
			every reason in answer.reasons {
				reason.nl != ""
				reason.en != ""
			}
		}
	}
}
