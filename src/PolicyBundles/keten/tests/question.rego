# Builds the input of a decision from the short form of the cases (domain.md section 5), and varies one known call that is allowed.
package keten.tests

from_case(example) := {
	"subject": {"type": "organisation", "id": "00000099000000001000", "properties": _party(example.caller)},
	"action": {"name": example.operation},
	"resource": {
		"type": example.category,
		"id": "pseudonym",
		"properties": object.union(_party(example.target), {"fields": fields | fields := example.requested_fields}),
	},
	"context": object.union(example.context, {"purpose": example.purpose, "time": "2026-03-03T23:15:00Z"}),
}

_party(short) := object.union(
	object.remove(short, ["type"]),
	{"organisation_type": type | type := short.type},
)

# METADATA
# description: A district nurse of the wijkteam reads name and address of a person both are involved with.
the_question := from_case({
	"caller": {"type": "wijkteam", "role": "wijkcoach"},
	"target": {"type": "gemeente"},
	"purpose": "naw-hergebruik",
	"category": "naw",
	"operation": "read",
	"context": {"caller_involved": true, "target_involved": true, "subject_informed": true},
})

with_context(question, facts) := object.union(question, {"context": facts})
