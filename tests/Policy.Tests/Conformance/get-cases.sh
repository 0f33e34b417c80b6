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

# shellcheck source=eng/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../../eng/common.sh"
mkdir -p "$cache"
exec 9>"$cache/cases.lock"; flock 9
if [[ -d $cache/cases ]]; then echo "$cache/cases"; exit 0; fi
work=$(mktemp -d "$cache/cases.XXXXXX"); trap 'rm -rf "$work"' EXIT
debian_apt "$work" || { echo "get-cases: no apt-get; set KETEN_OPA_CASES" >&2; exit 1; }
"${DEBIAN_APT[@]}" update >&2
(cd "$work" && "${DEBIAN_APT[@]}" download golang-github-open-policy-agent-opa-dev >&2)
dpkg -x "$work"/golang-github-open-policy-agent-opa-dev_*.deb "$work/root"
testdata=$work/root/usr/share/gocode/src/github.com/open-policy-agent/opa/v1/test/cases/testdata
[[ -d $testdata ]] || { echo "get-cases: the package has no v1/test/cases/testdata" >&2; exit 1; }
mv "$testdata" "$cache/cases"
echo "$cache/cases"
