# What Berth's own code takes, by JMH, and what the sampler costs with far more groups than an engine here could run.
# Sourced.

code_sizes=(10 50 300 2000) # those of ContainerListBench

# need_benchmarks: compiles them with the tests, unless that is done; sets the class path and the server's JVM flags
need_benchmarks() {
  local stamp=$PWD/target/bench/built
  . <(sed -n '/^jvm=(/,/^)/p' run)
  jvm+=(-Duser.language=en)
  need_jdk
  if [ ! -e "$stamp" ] || [ -n "$(find pom.xml .mvn src -newer "$stamp" -print -quit)" ]; then
    need mvn:maven
    say "building the benchmarks"
    mkdir -p "${stamp%/*}"
    touch "$stamp.begun"
    mvn -B -ntp test-compile dependency:build-classpath -Dspotless.check.skip -Dmdep.includeScope=test \
      -Dmdep.outputFile="${stamp%/*}/classpath" </dev/null >"$work/mvn" 2>&1 || { cat "$work/mvn" >&2; die "the build failed"; }
    mv "$stamp.begun" "$stamp"
  fi
  classpath=target/test-classes:target/classes:$(<"${stamp%/*}/classpath")
}

measure_code() {
  local containers name score parameter
  need_benchmarks
  say "JMH: about $jmh_seconds seconds"
  "$JAVA_HOME/bin/java" -cp "$classpath" org.openjdk.jmh.Main -f 1 "${jmh_spells[@]}" -foe true -jvmArgs "${jvm[*]}" \
    -rf csv -rff "$work/jmh.csv" >"$work/jmh" 2>&1 || { tail -n 30 "$work/jmh" >&2; die "JMH failed"; }
  # "dev.berth.web.ContainerListBench.plain","avgt",1,5,193.5,21.3,"us/op",10
  while IFS=, read -r name _ _ _ score _ _ parameter; do
    containers=${parameter:-1}
    if [[ $name == *Bench.* ]]; then note "${name##*.}" "$score"; fi
  done < <(tr -d '"\r' <"$work/jmh.csv")
}

print_code() {
  local sizes=("${code_sizes[@]}")
  cat <<TEXT
## What single steps take

JMH on the server's JVM flags, one fork, ${jmh_spells[*]}; single-threaded, warm, nothing of the engine or the network.
The list is what the first reader after a round of samples waits for; later ones get the same bytes.

$(table_head 'µs')
$(table_row 'the list of all containers, rendered' %.0f '{plain}')
$(table_row 'the list of all containers, rendered and compressed' %.0f '{gzip}')
$(table_row 'the figures for Prometheus, written' %.0f '{metrics}')

| µs | |
|---|---:|
$(single 'an inspect of the engine, read' inspect)
$(single 'the body of a create, read and checked' read)
$(single '`memory.stat`, the number found' memoryStat)
$(single '`/proc/PID/net/dev`, the sums made' netDev)
TEXT
}

single() { printf '| %s | %s |\n' "$1" "$(calc "$(typical "$2" 1)" %.2f)"; }

# measure_growth: the sampler over groups that are like containers to it
measure_growth() {
  local containers=0 before=0 label value line
  need_benchmarks
  need_probe
  groups_lab=${name}g
  for size in "${growth_sizes[@]}"; do
    bench/groups "/berth-lab-$groups_lab" $((before + 1)) "$size"
    before=$size containers=$size
    say "$size groups"
    note group_floor "$(floor "berth-lab-$groups_lab")"
    line=$("$JAVA_HOME/bin/java" "${jvm[@]}" -cp "$classpath" dev.berth.stats.SamplerLoad "$(tree "berth-lab-$groups_lab")" "$growth_window")
    say "$line"
    while read -r label value; do note "group_$label" "$value"; done < <(xargs -n 2 <<<"$line")
    note group_floor "$(floor "berth-lab-$groups_lab")"
  done
  lab/down "$groups_lab"
  groups_lab=
}

print_growth() {
  local sizes=("${growth_sizes[@]}")
  cat <<TEXT
## The sampler's growth

The server's sampler alone, on its JVM flags, over groups made for it in each hierarchy of an engine, each with one process
that sleeps; $growth_window s at one round per second, after 100,000 readings without pauses. The floor is \`bench/probe.c\`.

$(table_head 'containers')
$(table_row "µs per container and sample, the sampler's thread" %.1f '{group_thread_us}')
$(table_row 'µs per container and sample, the whole process' %.1f '{group_process_us}')
$(table_row 'µs per container and sample, floor: C' %.1f '{group_floor}')
$(table_row 'a round, ms' %.2f '{group_round_ms}')
$(table_row 'rounds left out' %d '{group_skipped}')
$(table_row 'containers whose files could not be opened' %d '{group_lost}')
$(table_row 'open descriptors' %d '{group_descriptors}')
$(table_row 'heap after a collection, MB' %.1f '{group_heap_mb}')

Growth per further container, from ${sizes[0]} to ${sizes[-1]}: a round $(slope group_round_ms 1000) µs, descriptors
$(slope group_descriptors), heap $(slope group_heap_mb 1000 %.1f) KB. A process may have $(ulimit -Hn) descriptors here.
TEXT
}
