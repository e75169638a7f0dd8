# What sampling costs in CPU, what the server takes in memory, and how soon it answers. Sourced.

# need_probe: the same files read by a loop in C, if there is a compiler
need_probe() {
  if [ ! -x "$work/probe" ] && command -v gcc >/dev/null; then gcc -O2 -o "$work/probe" bench/probe.c; fi
}

# tree GROUP: the folder of a group in the hierarchy that the floor and the sampler look for containers in
tree() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo "/sys/fs/cgroup/$1"; else echo "/sys/fs/cgroup/memory/$1"; fi
}

floor() { if [ -x "$work/probe" ]; then "$work/probe" "$1" 20; fi; }

# thread_cpu PATTERN: nanoseconds of CPU of the server's threads of such names
thread_cpu() {
  local task sum=0 nanos
  for task in "/proc/$server/task"/*; do
    # shellcheck disable=SC2053 # a pattern
    if [[ $(<"$task/comm") == $1 ]]; then
      read -r nanos _ <"$task/schedstat"
      sum=$((sum + nanos))
    fi
  done
  echo "$sum"
}

# look: so that Berth samples each second. At nobody, which costs as much with containers as without.
look() { ask '/container?name=nobody' >/dev/null; }

# keep_looking SECONDS: somebody looks now and then
keep_looking() {
  local left=$1 part
  while [ "$left" -gt 0 ]; do
    look
    part=$((left < 20 ? left : 20))
    sleep "$part"
    left=$((left - part))
  done
}

# measure_window SECONDS: Berth samples each second
measure_window() {
  local window=$1 before compiled
  look
  sleep 2
  before=$(thread_cpu sampler)
  compiled=$(thread_cpu 'C? Compiler*')
  cpu_now "$server" >"$work/server.cpu"
  cpu_now "$dockerd" >"$work/engine.cpu"
  keep_looking "$window"
  note sampler_cpu "$(calc "($(thread_cpu sampler) - $before) / 1000 / $window")"
  echo "$(calc "($(thread_cpu 'C? Compiler*') - $compiled) / 1000 / $window")" >>"$work/compiler_windows"
  echo "$(calc "$(cpu_since "$work/server.cpu" "$server") / $window")" >>"$work/server_windows"
  note engine_cpu "$(calc "$(cpu_since "$work/engine.cpu" "$dockerd") / $window")"
  # Now, not after the streams: whom nobody has asked for half a minute, by then, samples every ten seconds.
  note interval "$(ask /info | sed -n 's/.*"interval_seconds":\([0-9.]*\).*/\1/p')"
}

# measure_working: once more while no container rests, as all of a container's files are read only then; with so few that
# making processes does not become what is measured
measure_working() {
  local number before workers=()
  if [ "$containers" = 0 ] || [ "$containers" -gt 50 ]; then return; fi
  for ((number = 1; number <= containers; number++)); do
    docker exec "s$number" sh -c "for i in \$(seq $((4 * (window + 30)))); do sleep 0.25; done" >/dev/null &
    workers+=($!)
  done
  helpers+=("${workers[@]}")
  all_work() { [ "$(cat "$(tree "${BERTH_LAB_CGROUP#/}")"/*/cgroup.procs | wc -l)" -ge $((2 * containers)) ]; }
  await 30 all_work || die "the containers do not begin to work"
  keep_looking 5
  before=$(thread_cpu sampler)
  keep_looking "$window"
  note working_cpu "$(calc "($(thread_cpu sampler) - $before) / 1000 / $window")"
  wait "${workers[@]}"
  helpers=()
}

# measure_still: what the engine does anyway, while Berth is stopped by a signal; with the shims, which only `docker stats`
# makes busy, and by dockerd alone, through which all that Berth asks would pass
measure_still() {
  kill -STOP "$server"
  sleep 1
  cpu_now "${engine[@]}" >"$work/engine.cpu"
  cpu_now "$dockerd" >"$work/dockerd.cpu"
  sleep "$still_window"
  note dockerd_still "$(calc "$(cpu_since "$work/dockerd.cpu" "$dockerd") / $still_window")"
  note engine_still "$(calc "$(cpu_since "$work/engine.cpu" "${engine[@]}") / $still_window")"
  kill -CONT "$server"
}

# measure_streams: `docker stats` while Berth is stopped, the engine's part counted in
measure_streams() {
  local watcher command
  command docker -H "$BERTH_LAB_ENGINE" stats >/dev/null &
  watcher=$!
  helpers+=("$watcher")
  sleep 4 # until all streams are open
  cpu_now "$watcher" >"$work/command.cpu"
  cpu_now "${engine[@]}" >"$work/engine.cpu"
  sleep "$still_window"
  command=$(cpu_since "$work/command.cpu" "$watcher")
  note streams "$(calc "($(cpu_since "$work/engine.cpu" "${engine[@]}") + $command) / $still_window")"
  kill "$watcher"
  wait "$watcher" 2>/dev/null || true
  helpers=()
}

# await_compilers: a new JVM compiles for some minutes what it will run from then on. That is over when all its compilers
# use less than half a thousandth of a CPU for half a minute.
await_compilers() {
  local before rate
  practise # the server without containers, too: what is taken off is then as quick as what it is taken off from
  while [ $((SECONDS - served)) -lt "$warm_up" ]; do keep_looking 5; done
  while :; do
    before=$(thread_cpu 'C? Compiler*')
    keep_looking 30
    rate=$(calc "($(thread_cpu 'C? Compiler*') - $before) / 1000 / 30" %.0f)
    if [ "$rate" -lt 500 ]; then break; fi
    if [ $((SECONDS - served)) -ge "$most_warm_up" ]; then
      say "the compilers still use $rate µs per second"
      break
    fi
  done
  note warm_up $((SECONDS - served))
  note compiled "$(calc "$(thread_cpu 'C? Compiler*') / 1e9" %.2f)"
}

# measure_sampling: `docker stats` comes last, for the engine is busy with it for a while after it has ended. Without
# containers it is what to take off.
measure_sampling() {
  local engine dockerd long=$window _
  # A few containers are looked at together, each five minutes: longer windows, to hold that more often than not.
  if [ "$containers" -lt 50 ]; then long=$few_window; fi
  mapfile -t engine < <(engine_pids)
  read -r dockerd _ <"$state/dockerd.proc"
  need_probe
  await_compilers
  : >"$work/compiler_windows"
  : >"$work/server_windows"
  for _ in $(seq "$sample_rounds"); do
    measure_window "$long"
    if [ "$containers" = 0 ]; then continue; fi
    note floor "$(floor "${BERTH_LAB_CGROUP#/}")"
    measure_still
  done
  note compiler_cpu "$(mean "$work/compiler_windows")"
  note server_cpu "$(mean "$work/server_windows")"
  measure_working
  if [ "$containers" != 0 ]; then
    kill -STOP "$server"
    for _ in $(seq "$sample_rounds"); do measure_streams; done
    kill -CONT "$server"
  fi
  note source_word "$(ask /info | sed -n 's/.*"source":"\([^"]*\)".*/\1/p')"
  say "sampling at $containers containers: $sample_rounds rounds"
}

# measure_memory: after all that was read, and a check for updates, which comes by itself some minutes after a start. What it
# has freed goes back to the system some seconds later.
measure_memory() {
  curl -sf -o /dev/null -X POST -H "Authorization: Bearer $BERTH_TOKEN" "$address/image/updateall?wait=60" ||
    die "the check for updates failed"
  sleep 10
  note memory_load "$(memory_mb)"
}

# first_answers NAME FLAGS...: milliseconds from the start of the JVM to the first answer, and to the first whole list.
# A sleep is a process made and ended; one each 4 ms takes a quarter of a second from the start that it measures.
first_answers() {
  local kind=$1 port from line first='' never
  shift
  [ -p "$work/never" ] || mkfifo "$work/never"
  exec {never}<>"$work/never"
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
    read -rt 0.004 -u "$never" || true
  done
  note "first_$kind" "$first"
  note "list_$kind" $(($(microseconds) - from))
  exec {never}>&-
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
    if [ ${#flags[@]} != ${#plain[@]} ]; then first_answers cached "${flags[@]}"; fi
    first_answers plain "${plain[@]}"
  done
  say "starts at $containers containers: $starts rounds"
}

# slope NAME [FACTOR [FORMAT]]: growth of the median per container between the smallest and the largest size
slope() { calc "($(typical "$1" "${sizes[-1]}") - $(typical "$1" "${sizes[0]}")) / (${sizes[-1]} - ${sizes[0]}) * ${2:-1}" "${3:-%.2f}"; }

print_slopes() {
  if [ ${#sizes[@]} = 1 ]; then return; fi
  cat <<TEXT
Growth per further container, from ${sizes[0]} to ${sizes[-1]}: p50 $(slope p_half 1000) µs, answer
$(slope bytes 1 %.0f) bytes, resident memory after load $(slope memory_load 1024 %.0f) KB, CPU of the sampler's thread
$(slope sampler_cpu) µs per second.
TEXT
}

berth_cost() { echo "({server_cpu} - $(typical server_cpu 0)) * {interval} / {n}"; }
settled_cost() {
  echo "({server_cpu} - {compiler_cpu} - $(typical server_cpu 0) + $(typical compiler_cpu 0)) * {interval} / {n}"
}
engine_cost='({engine_cpu} - {dockerd_still}) * {interval} / {n}'
streams_cost='({streams} - {engine_still}) / {n}'

print_sampling() {
  cat <<TEXT
## What sampling costs

CPU over $sample_rounds times $window s, or $few_window s below 50 containers, in which Berth samples each second though hardly
anybody asks; medians, but of the whole process the mean, as there is work that comes each five minutes. In turn with
$still_window s in which Berth is stopped by a signal, for what the engine does anyway: dockerd beside Berth, all of it beside
\`docker stats\`. That streams after them as often, its own CPU and the engine's, with the shims, added. All this began once
the JVM's compilers rested (less than 0.5 ms per second), or $most_warm_up s after the start; the table says when. From the
whole process is taken off what a Berth without containers uses. What the compilers still do from then on is theirs alone:
now and then a method, hundreds of milliseconds of CPU, as likely without containers as with them. The floor is a loop in C
(\`bench/probe.c\`) over the same files, kept open, 20 times a second.

$(table_head 'µs per container and sample')
$(table_row "Berth, the sampler's thread" %.1f '{sampler_cpu} * {interval} / {n}')
$(table_row "Berth, the sampler's thread, when no container rests" %.1f '{working_cpu} * {interval} / {n}')
$(table_row 'Berth, the whole process but its compilers' %.1f "$(settled_cost)")
$(table_row 'Berth, the whole process' %.1f "$(berth_cost)")
$(table_row 'the engine, because of Berth' %.1f "$engine_cost")
$(table_row '`docker stats`, streaming' %.1f "$streams_cost")
$(table_row 'floor: C' %.1f '{floor}')
$(table_row 'seconds from the start until it began' %d '{warm_up}')
$(table_row 'CPU that they had used by then, s' %.1f '{compiled}')

Statistics came from: $(sort -u "$work"/source_word.* | paste -sd ' '), every $(typical interval "${sizes[0]}") s.
A Berth without containers: $(calc "$(typical server_cpu 0) / 1000" %.2f) ms of CPU per second, $(calc "$(typical compiler_cpu 0) / 1000" %.2f) of them its compilers'.
TEXT
}

print_start() {
  cat <<TEXT
## Start and memory

$(table_head 'containers')
$(table_row 'start to first answer, prepared by ./run, ms' %d '{first_cached} / 1000')
$(table_row 'start to first answer, unprepared, ms' %d '{first_plain} / 1000')
$(table_row 'start to the first whole list, prepared, ms' %d '{list_cached} / 1000')
$(table_row 'start to the first whole list, unprepared, ms' %d '{list_plain} / 1000')
$(table_row 'resident memory, after start and 10 s, MB' %d '{memory_start}')
$(table_row 'resident memory, after load and a check for updates, MB' %d '{memory_load}')
$(table_row 'create and start by Berth, ms' %.0f '{made_by_berth} / 1000')
$(table_row "create and start by the engine's API, ms" %.0f '{made_by_engine} / 1000')
$(table_row "Berth's own part of it, ms" %.0f '({made_by_berth} - {made_by_engine}) / 1000')

$(print_slopes)
TEXT
}
