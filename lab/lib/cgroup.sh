# One cgroup per lab holds all its processes: daemons, scripts and tests in folders of their own, containers beside
# them (the engine gets it as its --cgroup-parent). So everything can be found and ended without knowing any name.
# Sourced, after base.sh.

# Where the lab's processes sit. On cgroup v1 one hierarchy is enough; that of pids limits nothing by itself.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  groups=/sys/fs/cgroup
elif [ -d /sys/fs/cgroup/pids ]; then
  groups=/sys/fs/cgroup/pids
else
  groups=/sys/fs/cgroup/systemd
fi

# enter_group FOLDER: moves the calling (sub)shell, and so all it starts, into a folder of the lab's cgroup.
enter_group() {
  mkdir -p "$groups$group/$1" 2>/dev/null && echo "$BASHPID" >"$groups$group/$1/cgroup.procs" ||
    die "cgroups cannot be written below $groups: an engine cannot run here"
}

# enlist: makes the running script itself a member, so that lab/down also ends what a killed script leaves behind.
# A script that a test has called stays with the test.
enlist() { grep -q "/berth-lab-" /proc/self/cgroup || enter_group scripts; }

# leave: out again, to run lab/down without being its first victim.
leave() { echo "$BASHPID" >"$groups/cgroup.procs"; }

members() { find "$groups$group" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u; }

# end_group: kill -9 for everything in the lab's cgroup, until nothing is left.
end_group() {
  local frozen
  # On v1 a paused container dies only after it is thawed; on v2 cgroup.kill does both.
  for frozen in /sys/fs/cgroup/freezer"$group"/*/freezer.state; do
    if [ -e "$frozen" ]; then echo THAWED >"$frozen" 2>/dev/null || true; fi
  done
  if [ -e "$groups$group/cgroup.kill" ]; then echo 1 >"$groups$group/cgroup.kill"; fi
  none_left() {
    local pids
    pids=$(members)
    [ -n "$pids" ] || return 0
    kill -KILL $pids 2>/dev/null || true # unquoted: a list
    return 1
  }
  await 20 none_left || say "these processes of lab $name do not die: $(members | tr '\n' ' ')"
}

# drop_groups: removes the empty folders, in every hierarchy. The kernel may need a moment after the last exit.
drop_groups() {
  dropped() {
    local folder left=0
    for folder in /sys/fs/cgroup"$group" /sys/fs/cgroup/*"$group"; do
      [ ! -d "$folder" ] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || left=1
    done
    return $left
  }
  await 5 dropped || say "cgroups named ${group#/} are left below /sys/fs/cgroup"
}
