# R21: what comes with an allow. The ids and their meaning are in data/purposes.yaml.
package keten.access

import data.keten.consent
import data.keten.facts
import data.keten.subject_access

# R21: the standing obligations of the register line, and those that this very call brings.
_obligations(grant, []) := grant.obligations

_obligations(grant, added) := sort({obligation | some obligation in array.concat(grant.obligations, added)}) if added != []

# The four concern a person; on other data nothing is added.
_added(grant, caller, target, context, fields, break_glass) := array.concat(
	array.concat(_of_address(grant, caller, context, fields), _of_informing(grant, context, break_glass)),
	array.concat(_of_consent(grant, caller, target, context), _of_break_glass(break_glass)),
) if {
	grant.personal
} else := []

# The gateway often cannot know that an address is secret; the target does (Wet BRP 2.59).
_of_address(grant, caller, context, fields) := ["mask-address-if-secret"] if {
	_address_disclosed(grant, fields)
	not _sees_secret_address(grant, caller)
} else := ["handle-secret-address"] if {
	facts.restricts(context, "secret_address")
	not grant.subject_access
	_address_disclosed(grant, fields)
} else := []

_address_disclosed(grant, fields) if {
	address := grant.address_fields
	grant.discloses
	_all_or_some(grant, fields, address)
}

# Where nothing was taken away, the address is there as well; else it has to be looked for.
_all_or_some(grant, fields, address) if count(fields) == count(grant.fields)

else if {
	some field in fields
	address[field]
}

# R18c was passed by an exemption (AVG 14.5): informing is postponed, not dropped. Break-glass sets R18c aside and has its own term.
_of_informing(grant, context, false) := ["inform-subject-when-safe"] if _exempt_from_informing(grant, context)

else := []

_of_informing(_, _, true) := []

# What rests on consent ends with it (AVG 7.3).
_of_consent(grant, caller, target, context) := ["stop-on-consent-withdrawal"] if {
	_rests_on_consent(grant, caller, target)
	consent.valid(context)
} else := []

_rests_on_consent(grant, caller, target) if _secrecy_needs_consent(grant, caller, target)

_rests_on_consent(grant, _, _) if grant.consent

_rests_on_consent(grant, caller, _) if subject_access.by_proxy(grant, caller)

_of_break_glass(true) := ["review-24h", "notify-target-privacy-officer", "inform-subject-14d"]

_of_break_glass(false) := []
