# R20: data minimisation (AVG 5.1.c). Each step can only take fields away, and category order is kept.
package keten.access

import data.keten.facts
import data.keten.matching
import data.keten.register

# R20: a message that carries too much is refused whole, because dropping what a professional wrote is dangerous; a question is narrowed.
r20(grant, target, granted, fields) := "FIELD_NOT_PERMITTED" if {
	not grant.discloses
	_carries_too_much(target.fields, granted)
} else := "NO_FIELDS_PERMITTED" if {
	granted == []
} else := "SECRET_ADDRESS" if {
	fields == []
}

# 1. Involvement visible as a contact only: the match desk, not the professional (section 7).
_visible(grant, caller, target) := [field | some field in grant.fields; register.contact_fields[field]] if {
	_limited_by_visibility(grant, target)
	matching.level_between(grant.visibility, caller.organisation_type, target.organisation_type) == "contact"
} else := grant.fields

# 2. Under break-glass the least that saves a life.
_urgent(grant, visible, true) := [field | some field in visible; grant.break_glass.fields[field]]

_urgent(_, visible, false) := visible

# 3. The person's own view leaves out third persons and who reported (AVG 15.4; Jeugdwet 7.3.10, Wmo 2015 5.3.2).
_own_view(grant, urgent) := [field | some field in urgent; not grant.others_fields[field]] if {
	grant.subject_access
	grant.discloses
} else := urgent

# 4. What was asked for.
_granted(available, target) := [field | some field in available; field in requested] if requested := target.fields

else := available

# Every requested field was found among those available, or there was one too many.
_carries_too_much(requested, granted) if count({field | some field in requested}) != count(granted)

# 5. A secret address stays secret, and so does whatever betrays the place.
_shown(grant, granted, caller, context) := [field | some field in granted; not grant.address_fields[field]] if {
	facts.restricts(context, "secret_address")
	grant.discloses
	not _sees_secret_address(grant, caller)
} else := granted

_sees_secret_address(grant, caller) if {
	not grant.subject_access
	grant.secret_address_visible_to[caller.organisation_type]
}

# One's own address, never through a representative: a parent who is being hidden from is often the legal representative.
_sees_secret_address(grant, caller) if {
	grant.subject_access
	caller.role == "inwoner"
}
