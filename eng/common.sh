# Sourced by keten and the scripts in eng/: where .NET is, and what to say when it is not there; packages from Debian without installing them.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDDISABLENODEREUSE=1

# Sets DOTNET to a dotnet that has an SDK of version 10 or later ("sdk", needed to build) or is there at all ("any", enough to run).
find_dotnet() {
  local candidate
  for candidate in "${DOTNET_ROOT:+$DOTNET_ROOT/dotnet}" "$(command -v dotnet || true)" "$HOME/.dotnet/dotnet" \
      /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet /usr/local/share/dotnet/dotnet; do
    [[ -n $candidate && -x $candidate ]] || continue
    if [[ $1 == any ]] || "$candidate" --list-sdks 2>/dev/null | grep -qE '^[1-9][0-9]+\.'; then
      DOTNET=$candidate
      return 0
    fi
    FOUND_DOTNET=$candidate
  done
  {
    if [[ -n ${FOUND_DOTNET:-} ]]; then
      echo "keten: $FOUND_DOTNET is there, but it has no .NET SDK of version 10 or later."
    else
      echo "keten: .NET is not installed, or not where it can be found."
    fi
    echo "Way out: install the .NET 10 SDK (https://dotnet.microsoft.com/download/dotnet/10.0), or, without administrator rights:"
    echo "  curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
    echo "which puts it in ~/.dotnet, where it is found without further settings. Somewhere else: set DOTNET_ROOT."
  } >&2
  return 1
}

# Sets the array DEBIAN_APT to an apt-get that reads Debian's package lists of these suites into directory $1 and touches neither the system's
# packages nor its settings: debian_apt WORK; "${DEBIAN_APT[@]}" update; "${DEBIAN_APT[@]}" install -y -d NAME. The suite (forky) stands in
# WORK/sources/debian.sources.
debian_apt() {
  local work=$1
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  mkdir -p "$work"/{sources,lists/partial,archives/partial,root}
  : >"$work/status"
  cat >"$work/sources/debian.sources" <<'SRC'
Types: deb
URIs: http://deb.debian.org/debian
Suites: forky
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SRC
  DEBIAN_APT=(apt-get -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$work/sources" -o "Dir::State::lists=$work/lists"
    -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o "Dir::Cache::archives=$work/archives"
    -o "APT::Install-Recommends=0" -o "APT::Sandbox::User=root" -o "Debug::NoLocking=1" -qq)
}
