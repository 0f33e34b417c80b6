#!/usr/bin/env bash
# Checks, tests and builds the policy bundle: src/PolicyBundles/keten -> dist/. See --help.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: eng/build-bundle.sh [--out DIR] [--source DIR] [--check-only | --verify] [--skip-tests] [--accept]

Checks the register and the Rego, runs the policy tests, and writes, byte for byte the same from the same sources:

  DIR/bundle.tar.gz      what the gateway and the adapters load: policy.wasm, data.json, .manifest, and the Rego
  DIR/opa-bundle.tar.gz  the same revision without the compiled module, for an OPA server built without WebAssembly

  --out DIR      where to write (default: dist/ in the policy directory)
  --source DIR   the policy directory (default: src/PolicyBundles/keten)
  --check-only   check and test, write nothing
  --verify       as --check-only, and fail when what lies in DIR was not built from these sources
  --skip-tests   check and build only; for trying something out, never for a release
  --accept       the conditions of the register are meant as they are: write tests/accepted.json anew, and go on
  --help         this text

OPA >= 1.4 comes from eng/get-opa.sh; set OPA to use your own. python3 (standard library) gives register errors their line.

Exit codes: 0 done; 1 a check or test failed; 2 wrong usage; 3 a tool is missing.
HELP
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=$here/../src/PolicyBundles/keten
out='' check_only='' skip_tests='' verify='' accept=''

wrong() { echo "build-bundle: $*; see --help" >&2; exit 2; }
while (($#)); do
  case $1 in
    --out) [[ -n ${2:-} ]] || wrong "--out needs a directory"; out=$2; shift 2 ;;
    --source) [[ -d ${2:-} ]] || wrong "--source needs an existing directory"; source_dir=$2; shift 2 ;;
    --check-only) check_only=1; shift ;;
    --verify) verify=1; shift ;;
    --skip-tests) skip_tests=1; shift ;;
    --accept) accept=1; shift ;;
    --help | -h) usage; exit 0 ;;
    *) wrong "unknown argument '$1'" ;;
  esac
done

say() { echo "build-bundle: $*" >&2; }
print_lines() { python3 -c 'import json, sys; print(*json.load(open(sys.argv[1])), sep="\n")' "$1" >&2; }
fail() { say "refused: $*"; exit 1; }

command -v python3 >/dev/null || { say "python3 is missing"; exit 3; }
opa=$("$here/get-opa.sh") || exit 3
source_dir=$(cd "$source_dir" && pwd)
[[ -z $out ]] && out=$source_dir/dist
[[ $out = /* ]] || out=$PWD/$out
cd "$source_dir"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

rules=(access consent facts matching subject_access)
entry_points=(keten/access/decision keten/matching/level)
register_files=(purposes categories organisation-types reasons)

# --- The Rego: strict check with types against the schemas, then format ---
"$opa" check --strict --schema schemas "${rules[@]}" build tests/*.rego || fail "the Rego does not compile"
"$opa" fmt --list --fail "${rules[@]}" build tests >"$work/unformatted" 2>"$work/error" \
  || fail "not formatted; run 'opa fmt -w' on: $(cat "$work/unformatted" "$work/error")"

yaml=("${register_files[@]/#/data/}")
yaml=("${yaml[@]/%/.yaml}")

# --- The register: double keys, then everything it may not say; each with file and line ---
for file in "${yaml[@]}"; do [[ -f $file ]] || fail "$file is missing"; done
python3 build/lines.py "${yaml[@]}" >"$work/lines.json" || fail "the register cannot be read"

source_data=("source_lines:$work/lines.json" source_messages:build/messages.json source_planned:build/planned.json source_obligations:build/obligations.json accepted:tests/accepted.json)
for file in "${register_files[@]}"; do
  source_data+=("source.${file//-/_}:data/$file.yaml" "source_schemas.$file:schemas/source/$file.json")
done
eval_build() { "$opa" eval --strict --strict-builtin-errors -f raw -d build/register.rego -d build/problems.rego -d build/accepted.rego "${source_data[@]/#/-d}" "$1"; }

eval_build 'data.keten.build.report' >"$work/report" 2>&1 || fail "$(cat "$work/report")"
if [[ $(tr -d ' \n' <"$work/report") != '[]' ]]; then
  print_lines "$work/report" || cat "$work/report" >&2
  fail "the register has errors"
fi
eval_build 'data.keten.build.unbuilt' | tr -d ' \n"[]' | sed 's/,/, /g' >"$work/unbuilt" || fail "build/messages.json cannot be read"
[[ ! -s $work/unbuilt ]] || say "no message yet, so no call can carry it: $(cat "$work/unbuilt")"

# --- What it grants, and what somebody accepted that it grants ---
eval_build 'data.keten.build.unaccepted' >"$work/unaccepted" 2>&1 || fail "the conditions cannot be compared: $(cat "$work/unaccepted")"
if [[ $(tr -d ' \n' <"$work/unaccepted") != '[]' ]]; then
  if [[ -n $accept ]]; then
    print_lines "$work/unaccepted"
    eval_build 'data.keten.build.conditions' >"$work/conditions.json" || fail "the conditions cannot be read"
    python3 -c '
import json, sys
conditions = json.load(open(sys.argv[1]))
lines = ("  %s: %s" % (json.dumps(key), json.dumps(conditions[key])) for key in sorted(conditions))
open(sys.argv[2], "w").write("{\n" + ",\n".join(lines) + "\n}\n")' "$work/conditions.json" tests/accepted.json
    say "accepted; commit tests/accepted.json with the change"
  elif [[ -z $skip_tests ]]; then
    print_lines "$work/unaccepted"
    fail "these conditions are not those that were accepted; if they are meant, run eng/build-bundle.sh --accept"
  fi
fi

eval_build 'data.keten.build.register' >"$work/raw.json" || fail "the register cannot be compiled"
python3 -c 'import json, sys; json.dump(json.load(open(sys.argv[1])), open(sys.argv[2], "w"), sort_keys=True, separators=(",", ":"))' \
  "$work/raw.json" "$work/register.json" || fail "the register cannot be compiled: $(head -c 500 "$work/raw.json")"

# --- The tests, and every line of every rule reached by one ---
if [[ -z $skip_tests ]]; then
  tests=("${rules[@]}" build tests/question.rego tests/cases_test.rego cases:tests/policy-cases.json "keten.register:$work/register.json" "${source_data[@]}")
  "$opa" test --timeout 300s --coverage "${tests[@]}" >"$work/coverage.json" 2>"$work/error" || {
    cat "$work/coverage.json" "$work/error" >&2
    fail "a policy test fails"
  }
  python3 -c '
import json, sys
missed = [(file, rows["start"]["row"]) for file, lines in json.load(open(sys.argv[1]))["files"].items() for rows in lines.get("not_covered", [])]
for place in sorted(missed):
    print("%s:%d: no test reaches this" % place, file=sys.stderr)
print(sum(lines.get("covered_lines", 0) for lines in json.load(open(sys.argv[1]))["files"].values()))
sys.exit(1 if missed else 0)' "$work/coverage.json" >"$work/covered" || fail "the tests do not cover every rule"
  count=$(find "${rules[@]}" build tests -name '*_test.rego' -exec grep -h '^test_' {} + | wc -l)
  say "$count tests pass; they reach all $(cat "$work/covered") lines of the rules"
fi

# --- What ships: the rules without their tests, and the compiled register. The revision names these bytes and nothing else ---
stage=$work/bundle
mkdir -p "$stage/keten/register"
for dir in "${rules[@]}"; do
  mkdir -p "$stage/keten/$dir"
  find "$dir" -maxdepth 1 -name '*.rego' ! -name '*_test.rego' -exec cp {} "$stage/keten/$dir/" \;
done
cp "$work/register.json" "$stage/keten/register/data.json"
revision=$(cd "$stage" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
printf '{"revision":"%s","roots":["keten"],"rego_version":1}' "$revision" >"$stage/.manifest"

# From inside the work directory: file names become part of the module, and those must not depend on where the build runs.
(cd "$work" && "$opa" build -t wasm "${entry_points[@]/#/-e}" -b bundle -o compiled.tar.gz) || fail "the Rego cannot be compiled to wasm"

# Only built-ins that the module brings itself: a host that lacks one would make a rule undefined in one engine and not in the other.
native='array.concat count eq equal floor gt gte internal.member_2 is_array is_boolean is_number is_object is_string lt lte neq or sort split trim_space'
(cd "$work" && "$opa" build -t plan "${entry_points[@]/#/-e}" -b bundle -o plan.tar.gz) || fail "the Rego cannot be planned"
tar -xzPf "$work/plan.tar.gz" -O /plan.json >"$work/plan.json"
python3 -c '
import json, sys
used = {function["name"] for function in json.load(open(sys.argv[1]))["static"].get("builtin_funcs") or []}
print(*sorted(used - set(sys.argv[2].split())))' "$work/plan.json" "$native" >"$work/foreign"
[[ -z $(tr -d '\n' <"$work/foreign") ]] || fail "built-ins not known to be native in wasm: $(cat "$work/foreign"); check them, then add them to the list in $0"

# opa build takes the entry points out of the Rego it packs; ship the sources as they are, so that an OPA server decides by the same text
# as the compiled module. Names start with a slash and directories are left out, as in any bundle OPA writes.
mkdir "$work/full"
tar -xzf "$work/compiled.tar.gz" -P --transform "s,^/,$work/full/," /.manifest /data.json /policy.wasm
cp -r "$stage/keten" "$work/full/" && rm -r "$work/full/keten/register"
cp -r "$work/full" "$work/plain" && rm "$work/plain/policy.wasm" && cp "$stage/.manifest" "$work/plain/.manifest"
pack() {
  chmod -R u=rwX,go=rX "$1"
  (cd "$1" && find . -type f | LC_ALL=C sort | tar --no-recursion --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar \
    -P --transform 's,^\./,/,' -cf - -T - | gzip -9n) >"$2"
}
pack "$work/full" "$work/bundle.tar.gz"
pack "$work/plain" "$work/opa-bundle.tar.gz"

if [[ -n $verify ]]; then
  for file in bundle.tar.gz opa-bundle.tar.gz; do
    cmp -s "$work/$file" "$out/$file" || fail "$out/$file was not built from these sources; run eng/build-bundle.sh and commit the result"
  done
  say "revision $revision is what lies in $out"
  exit 0
fi
if [[ -n $check_only ]]; then say "revision $revision would be built"; exit 0; fi
mkdir -p "$out"
mv "$work/bundle.tar.gz" "$work/opa-bundle.tar.gz" "$out/"
say "revision $revision in $out/bundle.tar.gz ($(stat -c %s "$out/bundle.tar.gz") bytes)"
