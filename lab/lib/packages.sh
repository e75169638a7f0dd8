# Debian packages: installing a missing command, and fetching packages that are only looked into. Sourced, after base.sh.

# apt_get ARGUMENTS...: silent unless it fails; refreshes the lists when they turn out to be too old.
apt_get() {
  local log
  log=$(mktemp)
  attempt() { DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1; }
  if ! attempt "$@" && ! { attempt update && attempt "$@"; }; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# need COMMAND:PACKAGE...: installs the packages whose command is missing.
need() {
  local pair packages=()
  for pair; do
    command -v "${pair%%:*}" >/dev/null || packages+=("${pair#*:}")
  done
  [ ${#packages[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    die "missing: ${packages[*]}. Install them (on Debian and Ubuntu: sudo apt-get install ${packages[*]}) and try again"
  fi
  say "installing ${packages[*]}"
  apt_get install --no-install-recommends "${packages[@]}" || die "could not install ${packages[*]}"
}

need_lab_packages() { need dockerd:docker.io iptables:iptables ip:iproute2 curl:curl; }

# fetched PACKAGE...: fetches packages, with what they depend on and this machine lacks, into the cache; installs
# nothing. Prints the cache's folder. One fetch at a time, and a fetch that was cut off is done again.
fetched() {
  local cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/berth-lab
  mkdir -p "$cache/partial"
  exec {lock}>"$cache/.lock"
  flock "$lock"
  if [ "$(cat "$cache/.complete" 2>/dev/null)" != "$*" ]; then
    say "fetching packages: $*"
    apt_get install --download-only --reinstall --no-install-recommends \
      -o APT::Sandbox::User=root -o Dir::Cache::archives="$cache" "$@" || die "could not fetch: $*"
    echo "$*" >"$cache/.complete"
  fi
  exec {lock}>&-
  echo "$cache"
}
