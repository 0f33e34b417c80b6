# R19: break-glass, for the vital interest (AVG 6.1.d, 9.2.c). Every use is reviewed by people.
package keten.access

# Considered only after one of R18a-d failed; where the normal path allows, it is ignored.
_break_glass_asked(context) if {
	asked := context.break_glass
	asked != null
}

# R19: who may, on what, how grave, and why.
r19(grant, caller, context) := "BREAK_GLASS_NOT_ALLOWED" if not grant.break_glass

else := "BREAK_GLASS_ROLE" if not grant.break_glass.roles[caller.organisation_type][caller.role]

else := "BREAK_GLASS_NOT_FOR_CATEGORY" if not grant.break_glass.operations[input.action.name]

else := "BREAK_GLASS_NOT_FOR_CATEGORY" if not grant.break_glass.categories[input.resource.type]

else := "BREAK_GLASS_NOT_RED" if not context.crisis_level == "red"

else := "BREAK_GLASS_JUSTIFICATION" if not _justified(context.break_glass)

# A sentence that a reviewer can weigh: padding and one long word are none.
_justified(asked) if {
	justification := trim_space(asked.justification)
	count(justification) >= 20
	count([word | some word in split(justification, " "); word != ""]) >= 4
}
