# METADATA
# title: Access
# description: >-
#   May this organisation, for this purpose, do this with this data about this person? The rules R1 to R22 of domain.md section 6, in
#   their order: the first that fails is the reason, nothing after it is evaluated.
# schemas:
#   - input: schema.input
#   - data.keten.register: schema.register
package keten.access

import data.keten.register
import data.keten.subject_access

# METADATA
# title: The decision
# description: Default deny. Allow is what is left when no rule fails; the reasons are the failures, so the two always agree.
# entrypoint: true
decision := answer if answer := _on_question(input.subject.properties, input.resource.properties, input.context)

# A whole part of the question is missing.
else := _refuse("R1", "INPUT_INVALID")

# What is looked up once travels as an argument: a rule without arguments costs a look in a table each time it is used.
_on_question(caller, target, context) := _refuse("R1", code) if code := r1(caller, target, context)

else := _refuse("R2", code) if code := r2(caller, target, context)

else := _on_purpose(caller, target, context, register.purposes[context.purpose])

# The question is clear.
_on_purpose(caller, target, context, purpose) := _refuse("R3", code) if code := r3(caller, target)

else := _refuse("R4", code) if code := r4(target.fields)

else := _refuse("R5", code) if code := r5(target.fields, register.categories[input.resource.type])

else := _refuse("R6", code) if code := r6(purpose, caller)

else := _refuse("R7", code) if code := r7(purpose, caller)

else := _on_grant(grant, caller, target, context) if grant := _grant(purpose, caller, target)

else := _refuse("R8", code) if code := r8(purpose)

else := _refuse("R9", code) if code := r9(purpose.grants[input.resource.type], caller)

_on_grant(grant, caller, target, context) := _refuse("R9", code) if code := r9_role(grant, caller)

# R10: R11 to R19 protect a person; data about no person goes on with R20.
else := _permit(grant, caller, target, context, false) if not grant.personal

else := _refuse("R11", code) if code := r11(grant, context)

else := _refuse("R12", code) if code := r12(grant, context)

else := _refuse("R13", code) if code := r13(grant, context)

else := _refuse("R14", code) if code := r14(grant, caller, target)

else := _refuse("R15", code) if code := r15(grant, caller, target, context)

else := _refuse("R16", code) if code := r16(grant, context)

else := _refuse("R17", code) if code := subject_access.r17(grant, caller, context)

else := _on_unmet(grant, caller, target, context, unmet) if unmet := _unmet(grant, caller, context)

else := _permit(grant, caller, target, context, false)

# One of R18a-d failed: that is the end, unless break-glass sets all four aside.
_on_unmet(grant, caller, target, context, unmet) := _refuse(unmet.rule, unmet.code) if not _break_glass_asked(context)

else := _refuse_break_glass(unmet, code) if code := r19(grant, caller, context)

else := _permit(grant, caller, target, context, true)

# R18e and R18f, then what is left of the fields.
_permit(grant, caller, target, context, break_glass) := _refuse("R18e", code) if code := subject_access.r18e(grant, context)

else := _refuse("R18f", code) if code := subject_access.r18f(grant, context)

else := _answer(grant, caller, target, context, break_glass, granted, shown) if {
	available := _own_view(grant, _urgent(grant, _visible(grant, caller, target), break_glass))
	granted := _granted(available, target)
	shown := _shown(grant, granted, caller, context)
}

else := _undecided

_answer(grant, caller, target, context, break_glass, granted, shown) := _refuse("R20", code) if code := r20(grant, target, granted, shown)

else := {
	"allow": true,
	"reason_code": code,
	"rule": "R22",
	"caller_code": code,
	"reasons": [],
	"fields": shown,
	"obligations": _obligations(grant, _added(grant, caller, target, context, shown, break_glass)),
	"legal_basis": grant.legal_basis,
	"retention_days": grant.retention_days,
	"break_glass": break_glass,
} if {
	code := _code_of_allow(break_glass)
}

_code_of_allow(true) := "ALLOWED_BREAK_GLASS"

_code_of_allow(false) := "ALLOWED"

# R22: a refusal carries what the caller is told, from data/reasons.yaml.
_refuse(rule, code) := answer if answer := register.refusals[rule][code]

else := _undecided

_refuse_break_glass(unmet, code) := answer if answer := register.break_glass_refusals[unmet.code][code]

else := _undecided

# Only without a complete register, which no build lets through. It is an answer all the same, because a refusal that is undefined would let
# the next rule have its turn.
_undecided := {
	"allow": false,
	"reason_code": "UNAVAILABLE",
	"rule": "R1",
	"caller_code": "UNAVAILABLE",
	"reasons": [{
		"code": "UNAVAILABLE",
		"disclosable": true,
		"nl": "Er kan nu niet worden beslist. Probeer het later opnieuw.",
		"en": "No decision can be made now. Try again later.",
	}],
	"fields": [],
	"obligations": [],
	"legal_basis": [],
	"retention_days": 0,
	"break_glass": false,
}
