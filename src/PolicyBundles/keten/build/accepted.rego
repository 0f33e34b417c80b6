# Every condition of the register as somebody accepted it, one line each. A condition that was loosened without that shows here, whether or
# not a case covers it.
package keten.build

# METADATA
# title: Conditions
# description: >-
#   What the YAML grants and under which conditions: everything in it but names and texts, by the path of the value. A grant is named by
#   its category, operations, targets and callers, so that one that is added does not rename the others.
# entrypoint: true
conditions := {leaf.key: leaf.value | some leaf in _leaves}

# METADATA
# title: What nobody accepted
# description: "A `file:line: what it is, what it was` for every condition that differs from tests/accepted.json, in order."
# entrypoint: true
unaccepted := array.concat(
	[sprintf("data/%s:%d: %s %s", difference) | some difference in sort(_differences)],
	[text |
		some key in sort([key | some key, _ in data.accepted; not _is_condition(key)])
		text := sprintf("data: %s is gone, was %s", [key, json.marshal(data.accepted[key])])
	],
)

_differences contains [leaf.file, line, leaf.key, difference] if {
	some leaf in _leaves
	difference := _difference(leaf.key, leaf.value)
	line := _line_of({"file": leaf.file, "path": [sprintf("%v", [part]) | some part in leaf.path]})
}

_difference(key, now) := sprintf("is new: %s", [json.marshal(now)]) if not _was_accepted(key)

_difference(key, now) := sprintf("is %s, was %s", [json.marshal(now), json.marshal(data.accepted[key])]) if data.accepted[key] != now

_was_accepted(key) if _ = data.accepted[key]

_is_condition(key) if _ = conditions[key]

# Names, and what people read: no decision hangs on them.
_is_text(path) if {
	some part in path
	part in {"name_nl", "name_en", "nl", "en", "basis", "version"}
}

_is_text(path) if path[0] == "obligations"

_leaves contains {"file": file, "path": path, "key": concat(" / ", _named(file, path)), "value": value} if {
	some file, source in _source_files
	walk(source.values, [path, value])
	_is_leaf(path, value)
	not _is_text(path)
	not _is_name_of_grant(path)
}

_is_name_of_grant(path) if {
	_is_grants(array.slice(path, 0, 3))
	path[4] in {"category", "operations", "targets", "callers"}
}

# A list is one condition, but for the grants of a purpose.
_is_leaf(path, value) if {
	not is_object(value)
	not _is_grants(path)
	not _in_list(path)
}

_is_leaf(path, {}) if not _in_list(path)

_is_grants(path) if {
	count(path) == 3
	path[0] == "purposes"
	path[2] == "grants"
}

_in_list(path) if {
	some number, part in path
	is_number(part)
	not _is_grants(array.slice(path, 0, number))
}

_named("purposes.yaml", path) := array.concat([path[1], _grant_name(grant)], array.slice(path, 4, count(path))) if {
	path[2] == "grants"
	grant := data.source.purposes.purposes[path[1]].grants[path[3]]
}

_named(file, path) := array.concat([trim_suffix(file, ".yaml")], path) if file != "purposes.yaml"

_named("purposes.yaml", path) := array.slice(path, 1, count(path)) if {
	path[0] == "purposes"
	not path[2] == "grants"
}

_named("purposes.yaml", path) := path if path[0] != "purposes"

_grant_name(grant) := sprintf("%s: %s of %s%s", [
	grant.category, concat("+", sort(grant.operations)), concat("+", sort(grant.targets)),
	concat("", [text | text := sprintf(" by %s", [concat("+", sort(grant.callers))])]),
])
