# METADATA
# title: Facts
# description: >-
#   Reads a fact of the case with the type it must have (domain.md section 5), so that a text is never an age and nothing malformed opens
#   a door. An absent fact is undefined, and every rule treats undefined as against access.
package keten.facts

# METADATA
# description: Whole years on the day of the request. A text, a half year or nothing is no age.
age(context) := years if {
	years := context.subject_age
	is_number(years)

	# Engines round numbers of this size differently, and no person is that old.
	years > -1000
	years < 1000
	floor(years) == years
}

# METADATA
# description: A fact that grants something holds only when it is plainly true.
holds(context, fact) if context[fact] == true

# METADATA
# description: >-
#   A fact that restricts, known to the target only, is absent at the gateway. Where it is present, anything but a plain false restricts.
restricts(context, fact) if context[fact] != false
