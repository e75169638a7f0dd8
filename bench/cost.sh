# What sampling costs in CPU, what the server takes in memory, and how soon it answers. Sourced.

# measure_floor: the same files read by a loop in C
measure_floor() {
  [ -x "$work/probe" ] || return 0
  local round
  for round in $(seq "$read_rounds"); do
    note floor "$("$work/probe" "${BERTH_LAB_CGROUP#/}" 20)"
  done
}

# measure_streams: `docker stats` for a while, the engine's part counted in and what the engine does anyway taken off
measure_streams() {
  local pids watcher base command
  mapfile -t pids < <(engine_pids)
  cpu_now "${pids[@]}" >"$work/engine.cpu"
  sleep 5
  base=$(cpu_since "$work/engine.cpu" "${pids[@]}")
  command docker -H "$BERTH_LAB_ENGINE" stats >/dev/null &
  watcher=$!
  helpers+=("$watcher")
  sleep 4 # until all streams are open
  cpu_now "$watcher" >"$work/command.cpu"
  cpu_now "${pids[@]}" >"$work/engine.cpu"
  sleep "$window"
  command=$(cpu_since "$work/command.cpu" "$watcher")
  note streams "$(calc "($(cpu_since "$work/engine.cpu" "${pids[@]}") - $base * $window / 5 + $command) / $window / $containers")"
  kill "$watcher"
  wait "$watcher" 2>/dev/null || true
  helpers=()
}

# measure_sampling: one look, so that Berth samples each second, and then nobody asks. The same is done without any
# container, and taken off.
measure_sampling() {
  local pids interval
  mapfile -t pids < <(engine_pids)
  ask /container >/dev/null
  sleep 3
  interval=$(ask /info | sed -n 's/.*"interval_seconds":\([0-9.]*\).*/\1/p')
  note interval "${interval:-1}"
  cpu_now "$server" >"$work/server.cpu"
  cpu_now "${pids[@]}" >"$work/engine.cpu"
  sleep "$window"
  note server_cpu "$(cpu_since "$work/server.cpu" "$server")"
  note engine_cpu "$(cpu_since "$work/engine.cpu" "${pids[@]}")"
  note source_word "$(ask /info | sed -n 's/.*"source":"\([^"]*\)".*/\1/p')"
}

# measure_idle: what the engine does while nobody at all is connected
measure_idle() {
  local pids
  mapfile -t pids < <(engine_pids)
  cpu_now "${pids[@]}" >"$work/engine.cpu"
  sleep "$window"
  note engine_idle "$(cpu_since "$work/engine.cpu" "${pids[@]}")"
}

# first_answers NAME FLAGS...: milliseconds from the start of the JVM to the first answer, and to the first whole list
first_answers() {
  local kind=$1 port from line first=''
  shift
  port=$(free_port)
  rm -rf "$work/data2"
  from=$(microseconds)
  "$JAVA_HOME/bin/java" "$@" -jar target/berth.jar serve --listen "127.0.0.1:$port" --engine "$BERTH_LAB_ENGINE" \
    --data "$work/data2" >/dev/null 2>&1 &
  helpers+=($!)
  while [ $(($(microseconds) - from)) -lt 20000000 ]; do
    if { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
      printf 'GET /container HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n' "$BERTH_TOKEN" >&3
      read -r line <&3 || line=
      exec 3>&-
      first=${first:-$(($(microseconds) - from))}
      if [[ $line == *' 200 '* ]]; then break; fi
    fi
    sleep 0.004
  done
  note "first_$kind" "$first"
  note "list_$kind" $(($(microseconds) - from))
  kill "${helpers[@]}"
  wait "${helpers[@]}" 2>/dev/null || true
  helpers=()
}

# measure_starts: with the flags that ./run has given to the server, with and without its cache, in turn
measure_starts() {
  local flags plain=() flag _
  mapfile -t -d '' flags <"$work/cmdline"
  flags=("${flags[@]:1}")
  for flag in "${!flags[@]}"; do
    if [ "${flags[flag]}" = -jar ]; then
      flags=("${flags[@]:0:flag}")
      break
    fi
  done
  for flag in "${flags[@]}"; do
    if [[ $flag != -XX:AOTCache=* ]]; then plain+=("$flag"); fi
  done
  for _ in $(seq "$starts"); do
    first_answers cached "${flags[@]}"
    first_answers plain "${plain[@]}"
  done
  say "starts at $containers containers: $starts rounds"
}

# slope NAME: growth of the median per container between the smallest and the largest size
slope() { calc "($(typical "$1" "${sizes[-1]}") - $(typical "$1" "${sizes[0]}")) / (${sizes[-1]} - ${sizes[0]}) * ${2:-1}" "${3:-%.2f}"; }

print_growth() {
  if [ ${#sizes[@]} = 1 ]; then return; fi
  cat <<TEXT
Growth per further container, from ${sizes[0]} to ${sizes[-1]}: p50 $(slope p_half 1000) µs, resident memory after load
$(slope memory_load 1024 %.0f) KB, answer $(slope bytes 1 %.0f) bytes.
TEXT
}

print_cost() {
  local base
  base=$(typical server_cpu 0)
  cat <<TEXT
## What sampling costs

CPU over $window s in which nobody asks, but Berth still samples as if somebody did; the same of a Berth without containers
is taken off, and from the engine's what it does while nobody is connected. \`docker stats\` streams, its own CPU and the
engine's (with the shims) added. The floor is a loop in C (\`bench/probe.c\`) over the same files, kept open.

$(table_head 'µs per container and sample')
$(table_row 'Berth' %.1f "({server_cpu} - $base) * {interval} / $window / {n}")
$(table_row 'the engine, because of Berth' %.1f "({engine_cpu} - {engine_idle}) * {interval} / $window / {n}")
$(table_row '`docker stats`, streaming' %.1f '{streams}')
$(table_row 'floor: C' %.1f '{floor}')

Statistics came from: $(sort -u "$work"/source_word.* | paste -sd ' '), every $(typical interval "${sizes[0]}") s.
A Berth without containers: $(calc "$base / 1000 / $window" %.2f) ms of CPU per second.

## Start and memory

$(table_head 'containers')
$(table_row 'start to first answer, prepared by ./run, ms' %d '{first_cached} / 1000')
$(table_row 'start to first answer, unprepared, ms' %d '{first_plain} / 1000')
$(table_row 'start to the first whole list, prepared, ms' %d '{list_cached} / 1000')
$(table_row 'start to the first whole list, unprepared, ms' %d '{list_plain} / 1000')
$(table_row 'resident memory, after start and $window s, MB' %d '{memory_start}' | sed "s/\$window/$window/")
$(table_row 'resident memory, after load, MB' %d '{memory_load}')
$(table_row 'create and start by Berth, ms' %.0f '{made_by_berth} / 1000')
$(table_row "create and start by the engine's API, ms" %.0f '{made_by_engine} / 1000')

$(print_growth)
TEXT
}
