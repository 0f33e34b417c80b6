#!/usr/bin/env bash
# Everything that has to be green, in one run: contracts, policy, and the tests of every project. See --help.
set -euo pipefail
((BASH_VERSINFO[0] >= 5)) || { echo "keten test: needs bash 5; on macOS: brew install bash" >&2; exit 2; }

usage() {
  cat <<'HELP'
Usage: ./keten test [--filter PROJECT]...

Gets the tools the tests need, checks the contracts (buf) and the policy (OPA), builds the solution and runs all tests.
The last line is "N passed, N failed", with ", N skipped" when some could not run here; above it stands why.

  --filter PROJECT  only test projects whose name contains PROJECT, and no other checks; may be given more than once
  --help            this text

Environment:
  KETEN_TEST_TIMEOUT  seconds one test project may take (default 900)
  KETEN_TEST_JOBS     test projects at the same time (default 2)
  KAFKA_BOOTSTRAP     a real Kafka broker, for the tests that want one

Exit code: 0 all passed; 1 something failed, or nothing was tested; 2 wrong usage.
HELP
}

filters=()
while (($#)); do
  case $1 in
    --filter) [[ -n ${2:-} ]] || { echo "keten test: --filter needs a project name" >&2; exit 2; }; filters+=("$2"); shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) echo "keten test: unknown argument '$1'; see ./keten test --help" >&2; exit 2 ;;
  esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
KETEN_ROOT=$PWD
export KETEN_ROOT
# shellcheck source=eng/common.sh
source eng/common.sh
results=$KETEN_ROOT/artifacts/test
limit=${KETEN_TEST_TIMEOUT:-900}
jobs_at_once=${KETEN_TEST_JOBS:-2}
rm -rf "$results"
mkdir -p "$results"
trap 'jobs -p | xargs -r kill 2>/dev/null || true' EXIT

passed=0 failed=0 skipped=0
table=()

heading() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
within() { local seconds=$1; shift; if command -v timeout >/dev/null; then timeout -k 10 "$seconds" "$@"; else "$@"; fi; }
# name, passed, failed, skipped, remark
count() {
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
  table+=("$(printf '%-36s %7d %7d %8d   %s' "$1" "$2" "$3" "$4" "${5:-}")")
}
finish() {
  heading "Result"
  printf '   %-36s %7s %7s %8s\n' project passed failed skipped
  ((${#table[@]} == 0)) || printf '   %s\n' "${table[@]}"
  local line="$passed passed, $failed failed"
  ((skipped == 0)) || line+=", $skipped skipped"
  printf '\n%s\n' "$line"
  ((failed == 0 && passed > 0)) || exit 1
  exit 0
}
# name, seconds, command...: one check that passes or fails; what it said is shown when it fails
check() {
  local name=$1 seconds=$2 log=$results/${1// /-}.log begin=$SECONDS; shift 2
  if within "$seconds" "$@" >"$log" 2>&1; then
    note "$name: ok ($((SECONDS - begin)) s)"
    count "$name" 1 0 0
  else
    note "$name: FAILED; all it said is in ${log#"$KETEN_ROOT"/}"
    tail -n 40 "$log" | sed 's/^/     /'
    count "$name" 0 1 0 "see ${log#"$KETEN_ROOT"/}"
    return 1
  fi
}

# --- Tools -----------------------------------------------------------------------------------------------------------------------------

get_npm_tools() {
  if ! command -v npm >/dev/null; then
    note "npm is missing: no buf checks, and the tests with clients and validators that are not .NET are skipped. Way out: install Node.js 20.19 or later."
    return
  fi
  if ! cmp -s eng/npm/package-lock.json eng/npm/node_modules/.installed; then
    note "npm packages (eng/npm) ..."
    if ! (cd eng/npm && within 300 npm ci --no-audit --no-fund --ignore-scripts) >"$results/npm.log" 2>&1; then
      note "npm ci failed; all it said is in artifacts/test/npm.log"
      count "npm packages" 0 1 0 "see artifacts/test/npm.log"
      return
    fi
    cp eng/npm/package-lock.json eng/npm/node_modules/.installed
  fi
  PATH=$KETEN_ROOT/eng/npm/node_modules/.bin:$PATH
  export NODE_PATH=$KETEN_ROOT/eng/npm/node_modules
}

get_opa() {
  [[ -x eng/get-opa.sh ]] || return 0
  note "OPA (built once when it is not installed, two minutes) ..."
  if OPA=$(within 900 eng/get-opa.sh 2>"$results/opa.log"); then
    export OPA
  else
    note "no OPA: $(tail -n 1 "$results/opa.log")"
  fi
}

get_postgresql() {
  local found
  found=$(command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || true)
  if [[ -z $found && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    note "PostgreSQL (apt-get) ..."
    # Only the programs: the tests start servers of their own, so Debian is not to start one.
    mkdir -p /etc/postgresql-common
    [[ -e /etc/postgresql-common/createcluster.conf ]] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    export DEBIAN_FRONTEND=noninteractive
    { within 300 apt-get update -qq && within 600 apt-get install -y -qq --no-install-recommends postgresql; } >"$results/apt.log" 2>&1 || true
    found=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || true)
  fi
  if [[ -z $found ]]; then
    note "PostgreSQL is missing: the tests on it are skipped. Way out: install your system's postgresql package."
  else
    PATH=$PATH:$(dirname "$found")
  fi
}

# --- Checks ----------------------------------------------------------------------------------------------------------------------------

# Where this branch left main, so that being behind main breaks nothing; on main itself, what stood there before.
breaking_base() {
  local head ref base
  head=$(git rev-parse -q --verify HEAD) || return 0
  for ref in origin/main main 'HEAD^'; do
    base=$(git merge-base "$ref" HEAD 2>/dev/null) || continue
    if [[ $base != "$head" ]]; then
      echo "$base"
      return 0
    fi
  done
}

check_contracts() {
  command -v buf >/dev/null || { count "buf" 0 0 2 "not installed"; return 0; }
  check "buf lint" 120 buf lint || true
  local base
  base=$(breaking_base)
  if [[ -z $base ]] || ! git cat-file -e "$base:proto" 2>/dev/null; then
    note "buf breaking: nothing to compare with yet"
    return 0
  fi
  mkdir -p "$results/base"
  git archive "$base" proto buf.yaml | tar -x -C "$results/base"
  note "buf breaking: against $(git log -1 --format='%h %s' "$base")"
  check "buf breaking" 120 buf breaking --against "$results/base" || true
}

check_policy() {
  [[ -x eng/build-bundle.sh ]] || return 0
  [[ -n ${OPA:-} ]] || { count "policy" 0 0 1 "no OPA"; return 0; }
  check "policy" 900 eng/build-bundle.sh --check-only || return 0
  # The Rego tests are tests as well.
  local rego
  rego=$(grep -oE 'PASS: [0-9]+/' "$results/policy.log" | grep -oE '[0-9]+' | head -n 1 || true)
  [[ -z $rego ]] || count "policy: Rego tests" "$rego" 0 0
}

# --- Projects --------------------------------------------------------------------------------------------------------------------------

wanted() {
  ((${#filters[@]})) || return 0
  local filter
  for filter in "${filters[@]}"; do [[ ${1,,} != *"${filter,,}"* ]] || return 0; done
  return 1
}

run_project() { # assembly, name
  local code=0
  within "$limit" "$DOTNET" exec "$1" -noColor -noLogo -longRunning 60 -result-xml "$results/$2.xml" >"$results/$2.log" 2>&1 </dev/null || code=$?
  echo "$code" >"$results/$2.code"
}

attribute() { grep -m 1 -oE "<assembly [^>]*" "$2" | grep -oE " $1=\"[0-9]+\"" | grep -oE '[0-9]+' || echo 0; }

report_project() { # name
  local xml=$results/$1.xml log=$results/$1.log code ok bad skip
  code=$(cat "$results/$1.code" 2>/dev/null || echo 'no')
  if [[ ! -s $xml ]] || ! grep -q '<assembly ' "$xml"; then
    local why="ended with code $code before it had results"
    [[ $code != 124 ]] || why="not ready after $limit s (KETEN_TEST_TIMEOUT)"
    count "$1" 0 1 0 "$why; see ${log#"$KETEN_ROOT"/}"
    note "$1: $why"
    tail -n 40 "$log" | sed 's/^/     /'
    return
  fi
  ok=$(attribute passed "$xml")
  skip=$(attribute skipped "$xml")
  bad=$(($(attribute failed "$xml") + $(attribute errors "$xml")))
  # A process that fails after its last test has not passed.
  ((bad > 0 || code == 0 || ok + skip == 0)) || bad=1
  count "$1" "$ok" "$bad" "$skip" "$( ((ok + bad + skip > 0)) || echo 'no tests yet')"
  note "$1: $ok passed, $bad failed, $skip skipped"
  ((bad == 0)) || grep -vE '^ +(Discover|Start|Finish)' "$log" | tail -n 200 | sed 's/^/     /'
  grep -E '\[SKIP\]' -A 1 "$log" | sed 's/^/     /' || true
}

heading "Tools"
find_dotnet sdk || { count ".NET SDK" 0 1 0 "missing"; finish; }
PATH=$(dirname "$DOTNET"):$PATH
get_npm_tools
get_postgresql
get_opa

if ((${#filters[@]} == 0)); then
  heading "Contracts and policy"
  check_contracts
  check_policy
fi

projects=()
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  if grep -q '<IsTestProject>true</IsTestProject>' "$project" && wanted "$name"; then projects+=("$project"); fi
done
((${#projects[@]})) || { note "no test project has a name with: ${filters[*]}"; finish; }

heading "Build"
if ((${#filters[@]})); then
  for project in "${projects[@]}"; do
    check "build $(basename "$project" .csproj)" 900 "$DOTNET" build "$project" -c Release -nodeReuse:false || finish
  done
else
  check "build" 1200 "$DOTNET" build KetenGateway.sln -c Release -nodeReuse:false || finish
fi

heading "Tests"
names=()
for project in "${projects[@]}"; do
  name=$(basename "$project" .csproj)
  names+=("$name")
  while (($(jobs -rp | wc -l) >= jobs_at_once)); do wait -n || true; done
  run_project "$(dirname "$project")/bin/Release/net10.0/$name.dll" "$name" &
done
wait
for name in "${names[@]}"; do report_project "$name"; done
finish
