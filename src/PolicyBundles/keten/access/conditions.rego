# R11 to R16: the conditions under which the purpose exists for this person. Break-glass never sets these aside.
package keten.access

import data.keten.consent
import data.keten.facts
import data.keten.matching

# R11: the law behind the purpose covers certain ages only (Jeugdwet 1.1; BW 1:233 for the Raad).
r11(grant, context) := "AGE_UNKNOWN" if {
	grant.age
	not facts.age(context)
} else := "AGE_OUT_OF_RANGE" if {
	grant.age
	_outside(grant.age, facts.age(context))
}

_outside(range, age) if age < range.min

_outside(range, age) if age > range.max

# R12: a state the law asks for must have been recorded: measure, investigation, ban, accepted case, police release (Wpg 19). The
# purpose's own states come first; the first that is missing is the reason.
r12(grant, context) := missing[0] if {
	grant.requires
	missing := [state.code | some state in grant.requires; not facts.holds(context, state.fact)]
}

# R13: joint crisis handling exists in a crisis only (section 8; AVG 5.1.c).
r13(grant, context) := "CRISIS_LEVEL_TOO_LOW" if {
	grant.crisis_levels
	not _crisis_level_fits(grant, context)
}

# A rule of its own: written straight behind `not`, an absent level would leave R13 undefined instead of making it fail.
_crisis_level_fits(grant, context) if grant.crisis_levels[context.crisis_level]

# R14: that an organisation is involved can be the secret; the matrix says who may learn it of whom (section 7).
r14(grant, caller, target) := "INVOLVEMENT_NOT_VISIBLE" if {
	_limited_by_visibility(grant, target)
	not matching.level_between(grant.visibility, caller.organisation_type, target.organisation_type)
}

# The index itself is no holder: it discloses by match only.
_limited_by_visibility(grant, target) if {
	grant.visibility
	target.organisation_type != "gateway"
}

# R15: medical secrecy of who gives the data away (BW 7:457, Wet BIG 88), where no law lets them speak.
r15(grant, caller, target, context) := "SECRECY_CONSENT_REQUIRED" if {
	_secrecy_needs_consent(grant, caller, target)
	not consent.valid(context)
}

_secrecy_needs_consent(grant, caller, target) if {
	bound := grant.bound_by_secrecy
	bound[_discloser(grant, caller, target)]
}

_discloser(grant, caller, target) := target.organisation_type if grant.discloses

else := caller.organisation_type

# R16: a purpose that rests on consent rests on valid consent (AVG 6.1.a, 9.2.a).
r16(grant, context) := consent.problem(context) if grant.consent
