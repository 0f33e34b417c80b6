# R1 to R5: is the question itself sound?
package keten.access

import data.keten.register

# R1: a question that is not clear is not answered (AVG 5.2, accountability).
r1(caller, target, context) := "INPUT_INVALID" if not _names_everything(caller, target, context)

else := "INPUT_INVALID" if _malformed_fields(target)

# A rule of its own: written straight behind `not`, an absent part of the input would leave R1 undefined instead of making it fail.
_names_everything(caller, target, context) if {
	is_string(caller.organisation_type)
	is_string(caller.role)
	is_string(target.organisation_type)
	is_string(context.purpose)
	is_string(input.resource.type)
	is_string(input.action.name)
}

_malformed_fields(target) if {
	requested := target.fields
	not _non_empty_list(requested)
}

_non_empty_list(requested) if {
	is_array(requested)
	count(requested) > 0
}

# R2: everything asked about must be in the register, and the gateway itself never asks (sections 1 to 4).
r2(caller, target, context) := "UNKNOWN_ORGANISATION_TYPE" if not register.organisation_types[caller.organisation_type].participant

else := "UNKNOWN_ORGANISATION_TYPE" if not register.organisation_types[target.organisation_type]

else := "UNKNOWN_PURPOSE" if not register.purposes[context.purpose]

else := "UNKNOWN_CATEGORY" if not register.categories[input.resource.type]

else := "UNKNOWN_OPERATION" if not register.operations[input.action.name]

# R3: a participant that is suspended or has left neither asks nor answers (participant registry).
r3(caller, _) := "PARTICIPANT_NOT_ACTIVE" if caller.status != "active"

r3(_, target) := "PARTICIPANT_NOT_ACTIVE" if target.status != "active"

# R4: the BSN is exchanged by nobody (UAVG 46, Wabb 10); the attempt has its own name so that it stands out in the log.
r4(requested) := "BSN_NOT_EXCHANGEABLE" if "bsn" in requested

# R5: only fields that the category has.
r5(requested, category) := "UNKNOWN_FIELD" if {
	some field in requested
	not category.fields[field]
}
