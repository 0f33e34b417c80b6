# METADATA
# title: Subject access
# description: "R17 and R18e: the person's own view, through the resident portal (AVG 15; Jeugdwet 7.3.10, Wmo 2015 5.3.2, BW 7:456)."
package keten.subject_access

import data.keten.consent
import data.keten.facts

# METADATA
# description: "R17: is this really the person, or someone who may stand in their place?"
r17(grant, caller, context) := _problem(grant, caller, context) if grant.subject_access

_problem(grant, caller, context) := "ASSURANCE_TOO_LOW" if not _login_is_strong_enough(grant, context)

else := "AGE_UNKNOWN" if not facts.age(context)

else := "REPRESENTATION_NOT_PERMITTED" if not _may_look(caller.role, facts.age(context))

else := "CHILD_OBJECTS" if _child_objects(caller, context)

else := consent.problem(context) if by_proxy(grant, caller)

# Special and criminal data ask for the highest login (eIDAS high), ordinary data for the one below it.
_login_is_strong_enough(_, context) if context.assurance_level == "high"

_login_is_strong_enough(grant, context) if {
	grant.class == "ordinary"
	context.assurance_level == "substantial"
}

# From twelve a young person may look (Jeugdwet 7.3.10).
_may_look("inwoner", age) if age >= 12

# A parent or guardian stands in until sixteen.
_may_look("wettelijk-vertegenwoordiger", age) if age < 16

# From sixteen someone may be asked to look on one's behalf.
_may_look("gemachtigde", age) if age >= 16

# Between twelve and sixteen the young person is heard.
_child_objects(caller, context) if {
	caller.role == "wettelijk-vertegenwoordiger"
	facts.restricts(context, "child_objects")
	facts.age(context) >= 12
}

# The gateway has no file in which an objection could stand: there whoever asks must have heard the young person, and say so.
_child_objects(caller, context) if {
	caller.role == "wettelijk-vertegenwoordiger"
	facts.age(context) >= 12
	input.resource.properties.organisation_type == "gateway"
	not facts.holds(context, "child_agrees")
}

# METADATA
# description: A proxy acts on the consent of the person (BW 3:60); without it there is no mandate.
by_proxy(grant, caller) if {
	grant.subject_access
	caller.role == "gemachtigde"
}

# METADATA
# description: "R18e: the holder restricted inspection, for safety or a running investigation (UAVG 41). It looks like nothing to show."
r18e(grant, context) := "INSPECTION_RESTRICTED" if {
	grant.subject_access
	facts.restricts(context, "inspection_restricted")
}

# METADATA
# description: >-
#   R18f: a line of the log that the person does not see now: police and judicial data (Wpg 25, Wjsg), and what would give away a running
#   investigation (UAVG 41). Asked for each line when a log is answered; a line that is not described well is not shown.
r18f(grant, context) := "LINE_WITHHELD" if {
	logged := context.logged
	not _may_be_shown(grant, logged)
}

_may_be_shown(grant, logged) if {
	withheld := grant.withheld
	not facts.restricts(logged, "shielded")
	not _of_police_or_justice(withheld, logged)
	not withheld.categories[logged.category]
	_is_told(withheld, logged)
	_is_over(logged, _term(withheld, logged))
}

_term(withheld, logged) := days if days := withheld.purposes[logged.purpose]

else := 0

_of_police_or_justice(withheld, logged) if withheld.organisation_types[logged.caller_type]

_of_police_or_justice(withheld, logged) if withheld.organisation_types[logged.target_type]

_of_police_or_justice(_, logged) if not _names_both(logged)

_names_both(logged) if {
	is_string(logged.caller_type)
	is_string(logged.target_type)
	is_string(logged.category)
}

_is_told(_, logged) if logged.uninformed == false

_is_told(withheld, logged) if _is_over(logged, withheld.uninformed)

_is_over(logged, days) if {
	is_number(logged.days)
	logged.days >= days
}
