# METADATA
# title: Consent
# description: Whether consent is valid and, where it is a condition, what is wrong with it (domain.md section 6, R15 to R17).
package keten.consent

import data.keten.facts

# METADATA
# description: >-
#   Valid consent (AVG 4.11 and 8; BW 7:447 and 7:450): given, by who must give it at this age. Consent is only as good as the person who
#   gave it.
valid(context) if {
	context.consent == "given"
	is_array(context.consent_by)
	_by_the_right_people(context.consent_by, facts.age(context))
}

# Under twelve a parent or guardian decides.
_by_the_right_people(givers, age) if {
	age >= 0
	age < 12
	_parent_or_guardian(givers)
}

# From twelve to fifteen the child decides too.
_by_the_right_people(givers, age) if {
	age >= 12
	age < 16
	"subject" in givers
	_parent_or_guardian(givers)
}

# From sixteen the person decides, or a mentor or curator.
_by_the_right_people(givers, age) if {
	age >= 16
	_person_or_representative(givers)
}

_parent_or_guardian(givers) if "parent" in givers

_parent_or_guardian(givers) if "guardian" in givers

_person_or_representative(givers) if "subject" in givers

_person_or_representative(givers) if "legal-representative" in givers

# METADATA
# description: >-
#   What is wrong with consent where it is a condition; undefined when nothing is. Refused and withdrawn are the same and work at once
#   (AVG 7.3).
problem(context) := "CONSENT_REFUSED" if _refused(context)

else := "CONSENT_REQUIRED" if not context.consent == "given"

else := "CONSENT_INVALID" if not valid(context)

_refused(context) if context.consent == "refused"

_refused(context) if context.consent == "withdrawn"
