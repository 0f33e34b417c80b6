# R18a to R18d: invitation, involvement, information. The only rules that break-glass can set aside (R19).
package keten.access

import data.keten.facts

# The first of the four that fails. R18d stands last, so that a caller who was not entitled to the answer never learns whether the
# target knows the person.
_unmet(grant, caller, context) := {"rule": "R18a", "code": "NOT_INVITED"} if r18a(grant, caller, context)

else := {"rule": "R18b", "code": "CALLER_NOT_INVOLVED"} if r18b(grant, context)

else := {"rule": "R18c", "code": "SUBJECT_NOT_INFORMED"} if r18c(grant, context)

else := {"rule": "R18d", "code": "TARGET_NOT_INVOLVED"} if r18d(grant, context)

# R18a: outside the core parties only who was called takes part in a crisis (section 8).
r18a(grant, caller, context) if {
	grant.core
	not grant.core[caller.organisation_type]
	not facts.holds(context, "invited")
}

# R18b: who asks about a person works with that person (AVG 5.1.b). The gateway's own view, never the caller's word.
r18b(grant, context) if {
	grant.caller_involved
	not facts.holds(context, "caller_involved")
}

# R18c: the person knows, unless safety or impossibility stands in the way (AVG 13 and 14).
r18c(grant, context) if {
	grant.informed != "not-required"
	not facts.holds(context, "subject_informed")
	not _exempt_from_informing(grant, context)
}

_exempt_from_informing(grant, context) if {
	grant.informed == "required-or-exempt"
	not facts.holds(context, "subject_informed")
	_ground_for_exemption(context.inform_exemption)
}

_ground_for_exemption("safety")

_ground_for_exemption("impossible")

# R18d: only who knows the person can answer (AVG 5.1.c).
r18d(grant, context) if {
	grant.target_involved
	not facts.holds(context, "target_involved")
}
