#!/usr/bin/env bash
# The configurations of docs/operate/proxy.md, as they stand there but for names and ports, before the real binary:
# an upload that is cut off keeps what came in, long bodies pass, events come at once, ranges are ranges, the session is
# kept to HTTPS. A proxy that is not installed is left out, and said so.
# usage: proxy.sh [nginx|caddy …]      DAMASK_BINARY is asked instead of one built here.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/say.sh
. scripts/say.sh
binary=${DAMASK_BINARY:-}
if [ -z "$binary" ]; then
    cargo build --locked -p damask
    binary=${CARGO_TARGET_DIR:-target}/debug/damask
fi
binary=$(realpath "$binary")
guide=$PWD/docs/operate/proxy.md
folder=$(mktemp -d /tmp/damask-proxy.XXXXXX)
started=()
end() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
    started=()
}
trap 'end; rm -rf "$folder"' EXIT
export PATH=$PATH:/usr/sbin

# The first block of the guide in that language.
block() { awk -v mark="\`\`\`$1" '$0 == mark { on = 1; next } /^```/ { if (on) exit } on' "$guide"; }

free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

start_nginx() {
    block nginx | sed -e "s/listen 443/listen 127.0.0.1:$port/; s/listen \[::\]:443.*//" \
        -e "s#ssl_certificate .*#ssl_certificate $folder/cert.pem;#; s#ssl_certificate_key .*#ssl_certificate_key $folder/key.pem;#" \
        -e "s/media\.example\.org/localhost/; s#127\.0\.0\.1:8400#${address#http://}#" >"$folder/site"
    {
        echo "daemon off; pid $folder/nginx.pid; error_log $folder/proxy.log; worker_processes 1;"
        [ "$(id -u)" != 0 ] || echo "user root;"
        echo "events {} http { access_log off;"
        for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $folder/$kind;"; done
        cat "$folder/site"
        echo "}"
    } >"$folder/nginx.conf"
    nginx -q -c "$folder/nginx.conf" 2>>"$folder/proxy.log" &
    started+=($!)
}

start_caddy() {
    {
        printf '{\nadmin off\nauto_https off\n}\n'
        block caddy | sed -e "s#^media\.example\.org {#https://localhost:$port {\ntls $folder/cert.pem $folder/key.pem#" \
            -e "s#127\.0\.0\.1:8400#${address#http://}#"
    } >"$folder/Caddyfile"
    XDG_DATA_HOME=$folder/caddy XDG_CONFIG_HOME=$folder/caddy \
        caddy run --adapter caddyfile --config "$folder/Caddyfile" 2>"$folder/proxy.log" &
    started+=($!)
}

start_damask() {
    "$binary" serve --data "$folder/data" --listen 127.0.0.1:0 --host localhost >"$folder/said" 2>"$folder/log" &
    started+=($!)
    local _
    for _ in $(seq 300); do
        if grep -q 'setup?token=' "$folder/said"; then break; fi
        kill -0 "${started[-1]}" || die "the server did not start: $(cat "$folder/log")"
        sleep 0.1
    done
    address=$(sed -n 's|^Damask serves \(http://[^/]*\)/.*|\1|p' "$folder/said")
    token=$(sed -n 's|.*setup?token=||p' "$folder/said")
}

ask() { curl -sS --max-time 60 --cacert "$folder/cert.pem" "$@"; }
wrong() { die "$proxy: $*; see: $(tail -n 5 "$folder/proxy.log" "$folder/log")"; }
told() { echo "  $proxy: $*"; }

an_account_over_https() {
    local said key
    said=$(ask -i -X POST -H "Origin: $site" -H 'Content-Type: application/json' -d \
        "{\"token\":\"$token\",\"name\":\"Ada\",\"email\":\"ada@example.org\",\"password\":\"correct horse battery\"}" \
        "$site/api/v1/setup")
    [[ $said == HTTP/2\ 201* ]] || wrong "no account: $said"
    grep -qi '^set-cookie: .*; Secure' <<<"$said" || wrong "the session is not kept to HTTPS: $said"
    cookie=$(sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\).*/\1/p' <<<"$said")
    key=$(ask -X POST -b "$cookie" -H "Origin: $site" -H 'Content-Type: application/json' \
        -d '{"name":"proxy","scopes":["read","write","download"],"expires_in_days":1}' "$site/api/v1/keys")
    key=$(sed -n 's/.*"secret":"\([^"]*\)".*/\1/p' <<<"$key")
    [ -n "$key" ] || wrong "no key"
    bearer="Authorization: Bearer $key"
    told "signed in over HTTP/2, the session is kept to HTTPS"
}

an_upload_that_is_cut_off_keeps_what_came() {
    local bytes=67108864 where offset name
    head -c $bytes /dev/urandom >"$folder/long.bin"
    name=$(printf 'long.bin' | base64)
    where=$(ask -D - -o /dev/null -X POST -H "$bearer" -H 'Tus-Resumable: 1.0.0' -H "Upload-Length: $bytes" \
        -H "Upload-Metadata: filename $name" "$site/api/v1/uploads" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
    [[ $where == http* ]] || where=$site$where
    patch() { # OFFSET FILE FLAG…
        local offset=$1 file=$2
        shift 2
        ask -o "$folder/answer" -w '%{http_code}' -X PATCH -H "$bearer" -H 'Tus-Resumable: 1.0.0' \
            -H "Upload-Offset: $offset" -H 'Content-Type: application/offset+octet-stream' -T "$file" "$@" "$where"
    }
    patch 0 "$folder/long.bin" --limit-rate 8M --max-time 3 >/dev/null 2>&1 || true
    for _ in $(seq 100); do
        offset=$(ask -I -H "$bearer" -H 'Tus-Resumable: 1.0.0' "$where" | tr -d '\r' | sed -n 's/^[Uu]pload-[Oo]ffset: //p')
        [ "${offset:-0}" = 0 ] || break
        sleep 0.1
    done
    [ "${offset:-0}" -gt 0 ] && [ "$offset" -lt $bytes ] || wrong "of an upload that was cut off ${offset:-nothing} was kept"
    tail -c +$((offset + 1)) "$folder/long.bin" >"$folder/rest.bin"
    [ "$(patch "$offset" "$folder/rest.bin")" = 204 ] || wrong "the rest did not pass: $(cat "$folder/answer")"
    told "an upload that was cut off at $offset of $bytes bytes went on from there"
}

a_long_body_passes_and_comes_back_in_parts() {
    local asset whole part
    # Another content: the same would share what the upload brought.
    echo end >>"$folder/long.bin"
    asset=$(ask -T "$folder/long.bin" -H "$bearer" "$site/api/v1/files/long/long.bin" | sed -n 's/.*"asset":"\([^"]*\)".*/\1/p')
    [ -n "$asset" ] || wrong "64 MiB in one body did not pass"
    whole=$(ask -H "$bearer" "$site/api/v1/assets/$asset/original" | sha256sum)
    [ "$whole" = "$(sha256sum <"$folder/long.bin")" ] || wrong "another file came back"
    part=$(ask -i -H "$bearer" -r 1000000-1000999 "$site/api/v1/assets/$asset/original" -o "$folder/part" -w '%{http_code}')
    [ "$part" = 206 ] && cmp -s <(tail -c 1000 "$folder/part") <(tail -c +1000001 "$folder/long.bin" | head -c 1000) ||
        wrong "a range came back as $part"
    told "64 MiB in one body passed and came back whole and in part"
}

events_come_at_once() {
    : >"$folder/events"
    curl -sSN --max-time 30 --cacert "$folder/cert.pem" -H "$bearer" "$site/api/v1/events" >"$folder/events" 2>/dev/null &
    local events=$! _
    wait_for() {
        for _ in $(seq 50); do
            if grep -q "$1" "$folder/events"; then return; fi
            sleep 0.1
        done
        wrong "no $1 within 5 s"
    }
    wait_for '^event: ready'
    echo "a note" | ask -o /dev/null -T - -H "$bearer" "$site/api/v1/files/note.txt"
    wait_for asset.ingested
    kill "$events" 2>/dev/null || true
    wait "$events" 2>/dev/null || true
    told "events come at once"
}

only_administrators_read_the_metrics() {
    local status
    status=$(ask -o /dev/null -w '%{http_code}' "$site/metrics")
    [ "$status" = 401 ] || wrong "a stranger read the metrics ($status)"
    told "a stranger does not read the metrics"
}

openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
tried=0
[ $# -gt 0 ] || set -- nginx caddy
for proxy in "$@"; do
    command -v "$proxy" >/dev/null || { echo "  $proxy: not tried, it is not installed"; continue; }
    rm -rf "$folder/data"
    port=$(free_port) site=https://localhost:$port
    start_damask
    "start_$proxy"
    for _ in $(seq 100); do
        if ask -o /dev/null "$site/healthz" 2>/dev/null; then break; fi
        sleep 0.1
    done
    an_account_over_https
    an_upload_that_is_cut_off_keeps_what_came
    a_long_body_passes_and_comes_back_in_parts
    events_come_at_once
    only_administrators_read_the_metrics
    end
    tried=$((tried + 1))
done
[ "$tried" -gt 0 ] || echo "  no proxy was tried"
