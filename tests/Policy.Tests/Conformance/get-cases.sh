#!/usr/bin/env bash
# Prints the directory with OPA's own conformance cases (test-*.yaml), getting them from Debian's package when they are not there yet.
#
#   CASES=$(get-cases.sh)       # $KETEN_OPA_CASES, or the cached copy in ${XDG_CACHE_HOME:-~/.cache}/keten/opa/cases, or a new one
#
# Touches neither the system's packages nor its apt settings. Debian's package carries a part of OPA's cases only; point KETEN_OPA_CASES at
# v1/test/cases/testdata of a checkout of OPA to run them all.
set -euo pipefail

if [[ -n ${KETEN_OPA_CASES:-} ]]; then echo "$KETEN_OPA_CASES"; exit 0; fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/keten/opa
if [[ -d $cache/cases ]]; then echo "$cache/cases"; exit 0; fi

command -v apt-get >/dev/null && command -v dpkg >/dev/null || { echo "get-cases: no apt-get; set KETEN_OPA_CASES" >&2; exit 1; }
mkdir -p "$cache"
exec 9>"$cache/cases.lock"; flock 9
if [[ -d $cache/cases ]]; then echo "$cache/cases"; exit 0; fi
work=$(mktemp -d "$cache/cases.XXXXXX"); trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{sources,lists/partial,archives/partial,root}
: > "$work/status"
cat > "$work/sources/forky.sources" <<'SRC'
Types: deb
URIs: http://deb.debian.org/debian
Suites: forky
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SRC
apt=(-o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$work/sources" -o "Dir::State::lists=$work/lists"
     -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o "Dir::Cache::archives=$work/archives"
     -o "APT::Sandbox::User=root" -o "Debug::NoLocking=1" -qq)
apt-get "${apt[@]}" update >&2
(cd "$work" && apt-get "${apt[@]}" download golang-github-open-policy-agent-opa-dev >&2)
dpkg -x "$work"/golang-github-open-policy-agent-opa-dev_*.deb "$work/root"
testdata=$work/root/usr/share/gocode/src/github.com/open-policy-agent/opa/v1/test/cases/testdata
[[ -d $testdata ]] || { echo "get-cases: the package has no v1/test/cases/testdata" >&2; exit 1; }
mv "$testdata" "$cache/cases"
echo "$cache/cases"
