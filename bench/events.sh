# How soon what happens beside Berth shows in it, and what a creation costs over the engine's own. Sourced.

# until_shown STATUS PATH: milliseconds from now until Berth answers so
until_shown() {
  local from
  from=$(now)
  until [ "$(answer "$2")" = "$1" ]; do
    if [ $(($(now) - from)) -gt 10000 ]; then die "$2 never became $1"; fi
  done
  echo $(($(now) - from))
}

measure_events() {
  local round
  for round in $(seq "$rounds"); do
    docker run -d --name "b$round" busybox sleep 600 >/dev/null
    until_shown 200 "/container/b$round?fields=name" >>"$work/run"
    docker tag busybox "bench:$round"
    until_shown 200 "/image/bench:$round" >>"$work/tag"
    docker rm -f "b$round" >/dev/null
    until_shown 404 "/container/b$round" >>"$work/rm"
    docker rmi hello-world >/dev/null
    until_shown 404 /image/hello-world >>"$work/rmi"
    docker pull -q hello-world >/dev/null
    until_shown 200 /image/hello-world >>"$work/pull"
    say "events: round $round of $rounds"
  done
}

engine_answers() { curl -sf -o /dev/null --unix-socket "${BERTH_LAB_ENGINE#unix://}" http://localhost/_ping; }
connected() { ask /info | grep -q '"state":"connected"'; }
away() { ask /info | grep -q '"state":"unreachable"'; }

measure_return() {
  local round starter from
  for round in 1 2 3; do
    docker run -d --name "r$round" --restart always busybox sleep 600 >/dev/null
  done
  for round in 1 2 3; do
    lab/engine kill "$name"
    await 10 away || die "the engine's death was not noticed"
    lab/engine start "$name" >/dev/null &
    starter=$!
    until engine_answers; do :; done
    from=$(now)
    until connected; do :; done
    echo $(($(now) - from)) >>"$work/back"
    wait "$starter"
    say "engine killed and back, round $round of 3"
  done
  docker rm -f r1 r2 r3 >/dev/null
}

# waits: somebody stands in line for memory
waits() { ask /info | grep -q '"waiting":1'; }

# measure_waiting: from the moment in which an inspect shows that the container that had the memory has ended, until the
# container that waited for it exists, by the engine's clock. The process ends some 100 to 700 ms before: so long the
# engine takes its network down, and an inspect waits for that.
measure_waiting() {
  local round all waiter ended made
  for round in $(seq "$rounds"); do
    all=$(ask /info | sed -n 's/.*"available_bytes":\([0-9]*\).*/\1/p')
    ask_to /container '{"image_name":"busybox","command":["sleep","600"],"name":"has","mem_limit":'"$all"'}' 201
    ask_to '/container?wait=60' '{"image_name":"busybox","command":["sleep","600"],"name":"waits","mem_limit":'"$all"'}' 201 &
    waiter=$!
    await 10 waits || die "nobody stands in line"
    engine_api -X POST http://localhost/containers/has/kill
    until engine_api http://localhost/containers/has/json | grep -q '"Running":false'; do :; done
    ended=$(microseconds)
    wait "$waiter"
    made=$(date -d "$(docker inspect -f '{{.Created}}' waits)" +%s%N)
    echo $((made / 1000000 - ended / 1000)) >>"$work/admitted"
    docker rm -f has waits >/dev/null
  done
  say "waiting for memory: $rounds rounds"
}

# measure_creation: create and start, by Berth and by the engine's API, in turn
measure_creation() {
  local round from id
  for round in $(seq "$rounds"); do
    from=$(microseconds)
    ask_to /container '{"image_name":"busybox","command":["sleep","600"],"name":"made'"$round"'"}' 201
    note made_by_berth $(($(microseconds) - from))
    from=$(microseconds)
    id=$(engine_api -H 'Content-Type: application/json' -d '{"Image":"busybox","Cmd":["sleep","600"]}' \
      "http://localhost/containers/create?name=self$round" | sed 's/.*"Id":"\([0-9a-f]*\).*/\1/')
    engine_api -X POST "http://localhost/containers/$id/start"
    note made_by_engine $(($(microseconds) - from))
    docker rm -f "made$round" "self$round" >/dev/null
  done
  say "creation: $rounds rounds"
}

# ask_to PATH BODY STATUS
ask_to() {
  local status
  status=$(curl -s -o "$work/made" -w '%{http_code}' -H "Authorization: Bearer $BERTH_TOKEN" -H 'Content-Type: application/json' -d "$2" "$address$1")
  [ "$status" = "$3" ] || die "POST $1 answered $status: $(cat "$work/made")"
}

row() { printf '| %s | %s | %s |\n' "$1" "$(median "$2")" "$(highest "$2")"; }

print_events() {
  cat <<TEXT
## What happens beside Berth

Milliseconds over $rounds rounds (the last row over 3), each with the request that asks: about 10 ms of a new \`curl\`.

| from the end of the command until Berth shows it | median | highest |
|---|---:|---:|
$(row '`docker run` → `GET /container/<name>` is 200' "$work/run")
$(row '`docker rm -f` → 404' "$work/rm")
$(row '`docker tag` → `GET /image/<reference>` is 200' "$work/tag")
$(row '`docker rmi` → 404' "$work/rmi")
$(row '`docker pull` → 200' "$work/pull")
$(row 'memory is free → the container that waited for it exists' "$work/admitted")
$(row 'engine killed with -9 and started: from its first answer to `connected`' "$work/back")
TEXT
}
