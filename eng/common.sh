# Sourced by keten and the scripts in eng/: where .NET is, and what to say when it is not there.

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
