# Words, waiting and places shared by the scripts of the lab. Sourced, never run.

PATH="$PATH:/usr/sbin:/sbin" # a plain user's PATH lacks ip and dockerd

say() { printf '%s: %s\n' "${speaker:-lab}" "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# pick_lab NAME: checks the name and sets where this lab keeps its things.
# Everything in the kernel that bears a name is derived from it, so two labs never meet.
pick_lab() {
  [[ ${1:-} =~ ^[a-z0-9]{1,16}$ ]] || die "a lab's name is 1 to 16 letters a-z and digits, not '${1:-}'"
  [ "$(id -u)" = 0 ] || die "the lab makes network namespaces and engines: run it as root"
  name=$1
  root=$(realpath -m "${BERTH_LAB:-/tmp/berth-lab}")
  state=$root/$name
  netns=$state/netns # the namespace is pinned by a mount on this file, not by a name in /run
  group=/berth-lab-$name
}

# A process is known by its pid and its start time: a pid alone may already be somebody else.
birth_of() {
  local stat fields
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != [ZX] ]] || return 1
  echo "${fields[19]}"
}

# alive FILE: does the process noted in FILE ("pid birth") still run?
alive() {
  local pid birth
  [ -s "$1" ] || return 1
  read -r pid birth <"$1"
  [ "$(birth_of "$pid")" = "$birth" ]
}

# await SECONDS COMMAND...: polls until the command succeeds.
await() {
  local end=$((SECONDS + $1 + 1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

# await_answer SECONDS NAME CURL-ARGUMENTS...: waits for a daemon started by `launch NAME` to answer,
# and stops at once, with the end of its log, when it dies instead.
await_answer() {
  local seconds=$1 daemon=$2
  shift 2
  answered_or_dead() { curl -sf -o /dev/null --noproxy '*' --max-time 5 "$@" || ! alive "$state/$daemon.proc"; }
  if ! await "$seconds" answered_or_dead "$@" || ! alive "$state/$daemon.proc"; then
    say "$daemon of lab $name does not answer; the end of $state/$daemon.log:"
    tail -n 15 "$state/$daemon.log" >&2
    return 1
  fi
}

# launch DAEMON COMMAND...: starts a daemon of this lab in its own session and in the lab's cgroup,
# logs to DAEMON.log and notes who it is in DAEMON.proc.
launch() {
  local daemon=$1 self fd
  shift
  (
    self=$BASHPID # in $(…) it would be another one
    enter_group daemons
    # Whoever called us must not wait for the daemon because it still holds the caller's pipe.
    exec </dev/null >>"$state/$daemon.log" 2>&1
    for fd in "/proc/$self/fd"/*; do
      fd=${fd##*/}
      if [ "$fd" -gt 2 ]; then eval "exec $fd>&-"; fi
    done
    echo "$self $(birth_of "$self")" >"$state/$daemon.proc"
    exec setsid env -i PATH="$PATH" "$@" # without the caller's proxies and credentials
  ) &
  await 5 test -s "$state/$daemon.proc" || die "$daemon of lab $name was not started"
}

# end SIGNAL SECONDS DAEMON...: signals the daemons and waits until they are really gone.
end() {
  local signal=$1 seconds=$2 daemon pid
  shift 2
  for daemon; do
    if alive "$state/$daemon.proc"; then
      read -r pid _ <"$state/$daemon.proc"
      kill "-$signal" "$pid" 2>/dev/null || true
    fi
  done
  for daemon; do
    gone() { ! alive "$state/$daemon.proc"; }
    await "$seconds" gone || die "$daemon of lab $name survived SIG$signal for $seconds s"
    rm -f "$state/$daemon.proc"
  done
}
