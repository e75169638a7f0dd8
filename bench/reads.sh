# Reading all containers with their statistics: Berth beside nginx, the docker command, the engine's API and the original's
# method. Sourced.

# start_nginx: Debian's, from the lab's packages, with what makes it quick
start_nginx() {
  nginx_port=$(free_port)
  mkdir -p "$work/nginx/files"
  cat >"$work/nginx/conf" <<CONF
user root;
worker_processes 2;
daemon off;
pid $work/nginx/pid;
error_log $work/nginx/error.log crit;
events { worker_connections 512; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=100 inactive=600s;
  open_file_cache_valid 600s;
  default_type application/json;
  gzip_static on;
  client_body_temp_path $work/nginx/t1;
  proxy_temp_path $work/nginx/t2;
  fastcgi_temp_path $work/nginx/t3;
  uwsgi_temp_path $work/nginx/t4;
  scgi_temp_path $work/nginx/t5;
  server { listen 127.0.0.1:$nginx_port; root $work/nginx/files; }
}
CONF
  # Where it is installed its libraries are, too; else both come from the lab's packages.
  local libraries
  libraries=$(printf '%s:' "$state/packages"/{usr/,}lib/*-linux-gnu*)
  LD_LIBRARY_PATH=$libraries "$state/packages/usr/sbin/nginx" -c "$work/nginx/conf" -e "$work/nginx/error.log" 2>"$work/nginx/out" &
  nginx=$!
  nginx_listens() { { : <>"/dev/tcp/127.0.0.1/$nginx_port"; } 2>/dev/null; }
  await 5 nginx_listens || die "nginx does not start: $(cat "$work/nginx/out")"
}

# give_nginx: the very bytes that Berth answers now, plain and compressed, in a file of a new name, which no cache knows
give_nginx() {
  local files=$work/nginx/files
  rm -f "$files"/*
  nginx_file=list$containers.json
  ask /container >"$files/$nginx_file"
  curl -s -H "Authorization: Bearer $BERTH_TOKEN" -H 'Accept-Encoding: gzip' "$address/container" >"$files/$nginx_file.gz"
  touch -r "$files/$nginx_file" "$files/$nginx_file.gz"
  note bytes "$(stat -c %s "$files/$nginx_file")"
  note bytes_gzip "$(stat -c %s "$files/$nginx_file.gz")"
}

# load CONNECTIONS URL [CODING]: requests per second, p50 and p99 in milliseconds
load() {
  wrk -t1 -c"$1" -d"${spell}s" --latency -H "Authorization: Bearer $BERTH_TOKEN" -H "Accept-Encoding: ${3:-identity}" "$2" >"$work/wrk"
  ! grep -q 'Non-2xx' "$work/wrk" || die "$2 refuses under load: $(grep Non-2xx "$work/wrk")"
  awk 'function ms(t) {return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000}
    $1 == "50%" {p50 = ms($2)} $1 == "99%" {p99 = ms($2)} $1 == "Requests/sec:" {r = $2} END {print r, p50, p99}' "$work/wrk"
}

# loads NAME URL: throughput plain and gzip
loads() {
  local rate
  read -r rate _ < <(load 16 "$2")
  note "$1_rate" "$rate"
  read -r rate _ < <(load 16 "$2" gzip)
  note "$1_rate_gzip" "$rate"
}

# practise: so much of each kind of look that the JVM has compiled what answers it
practise() {
  local url
  for url in "$address/container" "$address/container?name=nobody"; do
    spell=10 load 16 "$url" >/dev/null
    spell=10 load 16 "$url" gzip >/dev/null
  done
}

measure_reads() {
  local round median_latency tail_latency from time
  give_nginx
  spell=6 load 16 "$address/container" >/dev/null # a new JVM is still compiling
  spell=4 load 16 "$address/container" gzip >/dev/null
  for round in $(seq "$read_rounds"); do
    read -r _ median_latency tail_latency < <(load 1 "$address/container")
    note p_half "$median_latency"
    note p_tail "$tail_latency"
    loads berth "$address/container"
    loads nginx "http://127.0.0.1:$nginx_port/$nginx_file"
    from=$(now)
    docker stats --no-stream >/dev/null
    note docker_stats $(($(now) - from))
    time=$(engine_api -o /dev/null -w '%{time_total}\n' 'http://localhost/containers/json?all=1&n=[1-20]' | median)
    note engine_list "$(calc "$time * 1000" %.2f)"
    say "reads at $containers containers: round $round of $read_rounds"
  done
}

# measure_original: one container after the other, as the original asks; where it is not measured it is extrapolated
measure_original() {
  local id from
  from=$(now)
  for id in $(docker ps -q); do engine_api -o /dev/null "http://localhost/containers/$id/stats?stream=false"; done
  note original $(($(now) - from))
}

print_reads() {
  local original
  original=$(calc "$(typical original "${sizes[0]}") / ${sizes[0]}" %.3f)
  cat <<TEXT
## Reading all containers with their statistics

Load by \`wrk\` on the same CPUs, keep-alive: 1 connection for the latency, 16 for requests per second. nginx serves the very
same bytes from a file (sendfile, open_file_cache, 2 workers, gzip done before). The original's method is one
\`stats?stream=false\` after the other; measured at ${sizes[0]}, extrapolated beyond.

$(table_head 'containers')
$(table_row 'bytes of the answer, plain' %d '{bytes}')
$(table_row 'bytes of the answer, gzip' %d '{bytes_gzip}')
$(table_row '`GET /container`, p50, ms' %.2f '{p_half}')
$(table_row '`GET /container`, p99, ms' %.2f '{p_tail}')
$(table_row "the engine's \`/containers/json\`, without statistics, ms" %.2f '{engine_list}')
$(table_row '`docker stats --no-stream`, ms' %d '{docker_stats}')
$(table_row "the original's method, ms" %d "{n} * $original")
$(table_row '`docker stats --no-stream` ÷ Berth' '%d ×' '{docker_stats} / {p_half}')
$(table_row "the original's method ÷ Berth" '%d ×' "{n} * $original / {p_half}")
$(table_row 'requests/s, Berth, plain' %d '{berth_rate}')
$(table_row 'requests/s, nginx, plain' %d '{nginx_rate}')
$(table_row 'Berth ÷ nginx, plain' %.2f '{berth_rate} / {nginx_rate}')
$(table_row 'requests/s, Berth, gzip' %d '{berth_rate_gzip}')
$(table_row 'requests/s, nginx, gzip' %d '{nginx_rate_gzip}')
$(table_row 'Berth ÷ nginx, gzip' %.2f '{berth_rate_gzip} / {nginx_rate_gzip}')
TEXT
}
