# R6 to R9: purpose limitation (AVG 5.1.b). What is permitted is the register; these rules only look it up.
package keten.access

# R6: the purpose belongs to the statutory task of certain organisations.
r6(purpose, caller) := "PURPOSE_NOT_FOR_ORGANISATION" if not purpose.requesters[caller.organisation_type]

# R7: within the organisation it belongs to certain roles (AVG 32, need to know).
r7(purpose, caller) := "ROLE_NOT_PERMITTED" if not purpose.requesters[caller.organisation_type][caller.role]

# R8: the purpose needs this kind of data at all (AVG 5.1.c).
r8(purpose) := "CATEGORY_NOT_IN_PURPOSE" if not purpose.grants[input.resource.type]

# R9: and so does this caller, by this operation, from this source, ...
r9(grants, caller) := "CATEGORY_NOT_FOR_CALLER" if not grants[caller.organisation_type]

else := "OPERATION_NOT_PERMITTED" if not grants[caller.organisation_type][input.action.name]

else := "TARGET_NOT_A_SOURCE"

# ... in this role.
r9_role(grant, caller) := "ROLE_NOT_PERMITTED_FOR_CATEGORY" if {
	roles := grant.roles
	not roles[caller.role]
}

# The one register line that applies; the build proved that there is at most one.
_grant(purpose, caller, target) := purpose.lines[number] if {
	number := purpose.grants[input.resource.type][caller.organisation_type][input.action.name][target.organisation_type]
}
