# A lab's state folder and the variables it offers to tests. Sourced, after cgroup.sh and network.sh.

# make_lab: the folder and the network, unless they are there. A lab that is started with BERTH_LAB_NAME set, say by a
# test, belongs to the lab of that name and goes down with it.
make_lab() {
  if [ -e "$state/address" ]; then return; fi
  [ ! -e "$groups$group/daemons" ] || die "half a lab $name is there: lab/down $name removes it"
  enlist
  await 5 mkdir -p "$state" # again, should lab/down just be removing the empty folder above it
  if [ -n "${BERTH_LAB_NAME:-}" ] && [ "$BERTH_LAB_NAME" != "$name" ]; then echo "$BERTH_LAB_NAME" >"$state/parent"; fi
  make_network
}

write_env() {
  cat >"$state/env.new" <<ENV
BERTH_LAB_NAME=$name
BERTH_LAB_STATE=$state
BERTH_LAB_ENGINE=unix://$state/docker.sock
BERTH_LAB_ADDRESS=$(<"$state/address")
BERTH_LAB_NETNS=$netns
BERTH_LAB_CGROUP=$group
ENV
  if [ -e "$state/registry" ]; then
    cat >>"$state/env.new" <<ENV
BERTH_LAB_REGISTRY=$(<"$state/registry")
BERTH_LAB_REGISTRY_LOG=$state/registry.log
ENV
  fi
  mv "$state/env.new" "$state/env"
}
