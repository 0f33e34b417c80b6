# METADATA
# title: Matching
# description: M3 and M4 of domain.md section 7, who learns of whose involvement, and what.
# schemas:
#   - input: schema.matching_input
#   - data.keten.register: schema.register
package keten.matching

import data.keten.register

default level := {"level": "none", "fields": []}

# METADATA
# description: >-
#   What the viewer learns of the holder: `full`, `contact` or `none`, with the fields of that level. Directional: the other way round is
#   another question. Only who may subscribe to the index under this purpose learns anything, and only of who may take part in it.
# entrypoint: true
level := {"level": depth, "fields": fields} if {
	_open
	purpose := register.purposes[input.purpose]
	purpose.requesters[input.holder_type]
	depth := level_between(purpose.visibility, input.viewer_type, input.holder_type)
	fields := purpose.match_fields[input.viewer_type][depth]
}

# M4: nobody learns of a shielded involvement (safety of a victim, running investigation). Only a plain false opens.
_open if input.shielded == false

# METADATA
# description: "M3: the visibility matrix, by type. Undefined is none."
level_between(matrix, viewer, holder) := register.visibility[matrix][viewer][holder]
