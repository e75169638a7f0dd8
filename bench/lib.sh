# Words shared by the parts of bench/run: asking, measuring, counting, tables. Sourced.

docker() { command docker -H "$BERTH_LAB_ENGINE" "$@"; }
engine_api() { curl -s --unix-socket "${BERTH_LAB_ENGINE#unix://}" "$@"; }
ask() { curl -s -H "Authorization: Bearer $BERTH_TOKEN" "$address$1"; }
answer() { curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $BERTH_TOKEN" "$address$1"; }

microseconds() { echo "${EPOCHREALTIME/[.,]/}"; }
now() { echo $(($(microseconds) / 1000)); }
median() { sort -n "$@" | awk '{v[NR]=$1} END {if (NR) print NR % 2 ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'; }
highest() { sort -n "$@" | tail -n 1; }
calc() { awk "BEGIN {printf \"${2:-%.1f}\", $1}" 2>/dev/null || echo -; }

# note NAME VALUE: one more measurement of NAME at the present number of containers
note() { echo "$2" >>"$work/$1.$containers"; }

# typical NAME [CONTAINERS]: the median of what was noted, or - if nothing was
typical() {
  local file=$work/$1.${2:-$containers}
  if [ -s "$file" ]; then median "$file"; else echo -; fi
}

# table_row TITLE FORMAT EXPRESSION: a row over all sizes; in EXPRESSION, {NAME} is the median of NAME at that size
table_row() {
  local size expression part
  printf '| %s |' "$1"
  for size in "${sizes[@]}"; do
    expression=${3//\{n\}/$size}
    while [[ $expression =~ \{([a-z_]+)\} ]]; do
      part=$(typical "${BASH_REMATCH[1]}" "$size")
      [ "$part" != - ] || break
      expression=${expression//"${BASH_REMATCH[0]}"/$part}
    done
    if [[ $expression == *'{'* ]]; then printf ' – |'; else printf ' %s |' "$(calc "$expression" "$2")"; fi
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

# cpu_now PID...: the CPU time of each thread so far, in nanoseconds
cpu_now() {
  local pid
  for pid; do awk '{split(FILENAME, at, "/"); print at[5], $1}' "/proc/$pid/task"/*/schedstat 2>/dev/null || true; done
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
}

# end_server: and wait for its end
end_server() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
