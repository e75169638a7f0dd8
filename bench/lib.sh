# Words shared by the parts of bench/run: asking, measuring, counting, tables. Sourced.

docker() { command docker -H "$BERTH_LAB_ENGINE" "$@"; }
engine_api() { curl -s --unix-socket "${BERTH_LAB_ENGINE#unix://}" "$@"; }
ask() { curl -s -H "Authorization: Bearer $BERTH_TOKEN" "$address$1"; }
answer() { curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $BERTH_TOKEN" "$address$1"; }

microseconds() { echo "${EPOCHREALTIME/[.,]/}"; }
now() { echo $(($(microseconds) / 1000)); }
median() { sort -n "$@" | awk '{v[NR]=$1} END {if (NR) print NR % 2 ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'; }
mean() { awk '{sum += $1} END {if (NR) printf "%.1f\n", sum / NR}' "$@"; }
highest() { sort -n "$@" | tail -n 1; }
calc() { awk "BEGIN {printf \"${2:-%.1f}\", $1}" 2>/dev/null || echo -; }

# note NAME VALUE: one more measurement of NAME at the present number of containers
note() { echo "$2" >>"$work/$1.$containers"; }

# typical NAME [CONTAINERS]: the median of what was noted, or - if nothing was
typical() {
  local file=$work/$1.${2:-$containers}
  if [ -s "$file" ]; then median "$file"; else echo -; fi
}

# figure EXPRESSION SIZE [FORMAT]: its value, or nothing if something in it was not measured; {NAME} is the median of NAME
# at that number of containers, {n} the number itself
figure() {
  local expression=${1//\{n\}/$2} part
  while [[ $expression =~ \{([a-z_]+)\} ]]; do
    part=$(typical "${BASH_REMATCH[1]}" "$2")
    [ "$part" != - ] || return 0
    expression=${expression//"${BASH_REMATCH[0]}"/$part}
  done
  calc "$expression" "${3:-%.6f}"
}

# table_row TITLE FORMAT EXPRESSION: a row over all sizes
table_row() {
  local size value
  printf '| %s |' "$1"
  for size in "${sizes[@]}"; do
    value=$(figure "$3" "$size" "$2")
    printf ' %s |' "${value:-–}"
  done
  echo
}

table_head() {
  local size rule='|---|'
  printf '| %s |' "$1"
  for size in "${sizes[@]}"; do
    printf ' %s |' "$size"
    rule+=---:'|'
  done
  printf '\n%s\n' "$rule"
}

# cpu_now PID...: the CPU time of each thread so far, in nanoseconds. A thread may end while it is looked at.
cpu_now() {
  local pid file nanos
  for pid; do
    for file in "/proc/$pid/task"/*/schedstat; do
      if { read -r nanos _ <"$file"; } 2>/dev/null; then
        file=${file%/schedstat}
        echo "${file##*/} $nanos"
      fi
    done
  done
}

# cpu_since FILE PID...: microseconds of CPU since `cpu_now` was written to FILE
cpu_since() {
  local file=$1
  shift
  cpu_now "$@" | awk 'FNR == NR {before[$1] = $2; next} {sum += $2 - before[$1]} END {printf "%d\n", sum / 1000}' "$file" -
}

# engine_pids: dockerd, containerd and the shims of the containers
engine_pids() { sort -u "$groups$group/daemons/cgroup.procs"; }

memory_mb() { awk '/^VmRSS/ {printf "%d\n", $2 / 1024}' "/proc/$server/status"; }

free_port() {
  local port
  for port in $(shuf -i 20000-29999 -n 20); do
    if ! { : <>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  die "no port is free"
}

# serve: starts Berth as a user would, and waits until it knows the engine
serve() {
  local now_connected
  rm -rf "$work/data"
  : >"$work/out"
  ./run --listen 127.0.0.1:0 --engine "$BERTH_LAB_ENGINE" --data "$work/data" >"$work/out" 2>&1 &
  server=$!
  listening() { grep -q '^  try' "$work/out"; }
  await 180 listening || { cat "$work/out" >&2; die "the server does not start"; }
  address=$(sed -n 's/^Berth serves on //p' "$work/out")
  now_connected() { ask /info | grep -q '"state":"connected"'; }
  await 30 now_connected || die "the server does not reach the engine"
  served=$SECONDS
}

# start_lab: an engine of our own with busybox and hello-world
start_lab() {
  local variable
  lab/up "$name" >/dev/null
  while read -r variable; do export "${variable?}"; done <"$state/env"
  docker pull -q busybox >/dev/null
  docker pull -q hello-world >/dev/null
}

# grow_to SIZE: that many containers run, made four at a time
grow_to() {
  local number makers=()
  for ((number = containers + 1; number <= $1; number++)); do
    docker run -d --name "s$number" busybox sleep 86400 >/dev/null &
    makers+=($!)
    if [ ${#makers[@]} = 4 ]; then
      wait "${makers[@]}"
      makers=()
    fi
  done
  if [ ${#makers[@]} -gt 0 ]; then wait "${makers[@]}"; fi # of nothing, it would wait for nginx, too
  containers=$1
}

# end_server: and wait for its end
end_server() {
  [ -n "$server" ] || return 0
  kill -CONT "$server" 2>/dev/null || true
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}

# clean_up: ends all that was started, in whatever state it is
clean_up() {
  local pid one
  trap '' INT TERM HUP
  for pid in "${helpers[@]}" $server $nginx; do
    kill "$pid" 2>/dev/null || true
    kill -CONT "$pid" 2>/dev/null || true
  done
  for one in $name $groups_lab; do lab/down "$one" || true; done
  wait
  rm -rf "$work"
}

# begin NAME: what every benchmark needs before it starts anything
begin() {
  export BERTH_TOKEN=${BERTH_TOKEN:-$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')}
  pick_lab "$1$(printf %x $$)"
  . lab/lib/cgroup.sh
  work=$(mktemp -d)
  server='' nginx='' groups_lab='' helpers=() containers=0 served=0
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# over_time: the section that bench/soak has written into the page
page=docs/performance.md
over_time='## Over time'
over_time() { awk -v title="$over_time" '/^## /{on = $0 == title} on' "$page"; }
all_but_over_time() { awk -v title="$over_time" '/^## /{on = $0 == title} !on' "$page"; }
