package keten.matching_test

import data.keten.matching

_contact := ["organisation", "organisation_type", "contact_desk", "contact_phone", "contact_email"]

_level(viewer, holder, purpose, shielded) := answer if {
	answer := matching.level with input as {"viewer_type": viewer, "holder_type": holder, "purpose": purpose, "shielded": shielded}
}

test_full_shows_the_fields_of_the_subscription if {
	answer := _level("raad", "ggz", "betrokkenheid-jeugd", false)
	answer.level == "full"
	answer.fields == [
		"organisation", "organisation_type", "contact_professional", "contact_desk", "contact_phone", "contact_email", "started_on",
		"ended_on", "status", "case_lead",
	]
}

test_the_matrix_is_directional if {
	_level("huisarts", "politie", "betrokkenheid-jeugd", false) == {"level": "contact", "fields": _contact}
	_level("politie", "huisarts", "betrokkenheid-jeugd", false).level == "none"
}

test_an_override_by_type_wins if {
	_level("schuldhulp", "ggz", "betrokkenheid-volwassenen", false).level == "none"
	_level("schuldhulp", "huisarts", "betrokkenheid-volwassenen", false).level == "contact"
	_level("schuldhulp", "veilig-thuis", "betrokkenheid-jeugd", false).level == "contact"
}

# Only a plain false opens: who forgets to say whether an involvement is shielded must not reveal it.
test_shielded_unless_plainly_not if {
	every shielded in [true, null, "false", 0, []] {
		_level("raad", "ggz", "betrokkenheid-jeugd", shielded) == {"level": "none", "fields": []}
	}
	answer := matching.level with input as {"viewer_type": "raad", "holder_type": "ggz", "purpose": "betrokkenheid-jeugd"}
	answer.level == "none"
}

test_who_takes_no_part_in_the_index_learns_nothing_and_is_not_learned_of if {
	_level("openbaar-ministerie", "wijkteam", "betrokkenheid-jeugd", false).level == "none"
	_level("veilig-thuis", "openbaar-ministerie", "betrokkenheid-jeugd", false).level == "none"
	_level("veilig-thuis", "wijkteam", "naw-hergebruik", false).level == "none"
}

test_garbage_is_none if {
	every garbage in [{}, null, [], "x", {"viewer_type": ["raad"], "holder_type": {}, "purpose": 3, "shielded": false}] {
		answer := matching.level with input as garbage
		answer == {"level": "none", "fields": []}
	}
}
