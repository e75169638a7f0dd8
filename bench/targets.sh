# What Berth has promised itself, beside what was measured. Sourced.

# target TITLE OPERATOR LIMIT FORMAT EXPRESSION SIZE...: the worst figure of these sizes, as far as they were measured
target() {
  local title=$1 operator=$2 limit=$3 format=$4 expression=$5 size value worst='' verdict='not measured'
  shift 5
  for size; do
    value=$(figure "$expression" "$size")
    if [[ -z $value || $value = - ]]; then continue; fi
    if [ -z "$worst" ] || awk "BEGIN {exit !($worst $operator $value)}"; then worst=$value; fi
  done
  if [ -n "$worst" ]; then
    verdict=$(awk "BEGIN {print ($worst $operator $limit) ? \"met\" : \"**missed**\"}")
    worst=$(calc "$worst" "$format")
  fi
  operator=${operator/>=/≥}
  printf '| %s | %s %s | %s | %s |\n' "$title" "${operator/<=/≤}" "$limit" "${worst:-–}" "$verdict"
}

print_targets() {
  local growth hour
  growth=$(over_time | sed -n 's/^Resident memory grew by \(-\{0,1\}[0-9.]*\) MB per hour.*/\1/p')
  growth=${growth:-"{never}"}
  hour=$(over_time | sed -n 's/^| 60 | \([0-9.]*\) |.*/\1/p')
  hour=${hour:-"{never}"}
  cat <<TEXT
## Targets

Each with the worst figure of the sizes that it is about, and judged by \`bench/run\`.

| | wanted | measured | |
|---|---:|---:|---|
$(target '`GET /container` with 50, p50, ms' '<' 2 %.2f '{p_half}' 50)
$(target '`GET /container` with 50, p99, ms' '<' 15 %.2f '{p_tail}' 50)
$(target '`GET /container` with 300, p50, ms' '<' 10 %.2f '{p_half}' 300)
$(target '`docker stats --no-stream` ÷ Berth' '>=' 1000 %d '{docker_stats} / {p_half}' "${sizes[@]}")
$(target 'requests/s ÷ nginx, plain' '>=' 0.5 %.2f '{berth_rate} / {nginx_rate}' "${sizes[@]}")
$(target 'requests/s ÷ nginx, gzip' '>=' 0.5 %.2f '{berth_rate_gzip} / {nginx_rate_gzip}' "${sizes[@]}")
$(target 'sampling, the thread, µs of CPU per container and sample' '<=' 40 %.1f '{sampler_cpu} * {interval} / {n}' "${sizes[@]}")
$(target 'sampling, the whole process but its compilers' '<=' 40 %.1f "$(settled_cost)" "${sizes[@]}")
$(target 'sampling, the whole process' '<=' 40 %.1f "$(berth_cost)" "${sizes[@]}")
$(target "the engine, because of it, % of what \`docker stats\` costs" '<' 1 %.2f "100 * ($engine_cost) / ($streams_cost)" 50 300)
$(target 'memory is free → who waited has it, ms' '<' 100 %d "$(median "$work/admitted" 2>/dev/null || echo -)" "${sizes[0]}")
$(target 'start to first answer, prepared, ms' '<' 600 %d '{first_cached} / 1000' "${sizes[@]}")
$(target 'start to first answer, unprepared, ms' '<' 1500 %d '{first_plain} / 1000' "${sizes[@]}")
$(target 'resident memory with 50 after load, MB' '<' 100 %d '{memory_load}' 50)
$(target 'resident memory with 300 after load, MB' '<' 160 %d '{memory_load}' 300)
$(target 'resident memory with 50 after an hour, MB' '<' 100 %d "$hour" 50)
$(target 'growth of resident memory with 50, MB per hour' '<' 2 %.2f "$growth" 50)
TEXT
}
