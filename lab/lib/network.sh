# A lab's network: a namespace and one cable (a veth pair) to the host. The engine rules iptables in there and never
# sees the host's. There is no default route, so nothing leaves the machine and a name that only the internet knows
# fails at once. Sourced, after base.sh.
#
# Addresses: 198.18.N.1 is the host's end, 198.18.N.2 the lab's. 198.18.0.0/15 is set aside for tests of networks
# (RFC 2544), so no real network has it.

inside() { nsenter --net="$netns" "$@"; }

make_network() {
  local n cable=
  : >"$netns"
  unshare --net="$netns" true
  inside ip link set lo up
  # Two labs may start at once: the free number belongs to whoever makes the device of that name.
  for ((n = 1; n < 255; n++)); do
    if ip link add "berth-lab$n" type veth peer name eth0 netns "$netns" 2>/dev/null; then
      cable=berth-lab$n
      break
    fi
  done
  [ -n "$cable" ] || die "no network device could be made for lab $name"
  ip link set "$cable" alias "$name"
  ip addr add "198.18.$n.1/24" dev "$cable"
  ip link set "$cable" up
  inside ip addr add "198.18.$n.2/24" dev eth0
  inside ip link set eth0 up
  echo "198.18.$n.2" >"$state/address"
}

# link_to OTHER: a cable from this lab to another one, so that its registry answers here under the same address.
# It does not pass through the host, whose firewall may refuse to forward.
link_to() {
  local theirs mine there=$root/$1/netns
  theirs=$(<"$root/$1/address")
  mine=$(<"$state/address")
  inside ip link add "to-${theirs%.*}" type veth peer name "to-${mine%.*}" netns "$there"
  inside ip link set "to-${theirs%.*}" up
  nsenter --net="$there" ip link set "to-${mine%.*}" up
  inside ip route add "$theirs" dev "to-${theirs%.*}" src "$mine"
  nsenter --net="$there" ip route add "$mine" dev "to-${mine%.*}" src "$theirs"
}

# drop_network: also finds a cable whose lab has lost its state folder. The namespace itself goes with its mount.
drop_network() {
  local device
  for device in /sys/class/net/berth-lab*; do
    if [ "$(cat "$device/ifalias" 2>/dev/null)" = "$name" ]; then
      ip link del "${device##*/}" 2>/dev/null || true
    fi
  done
}
