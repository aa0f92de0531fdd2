#!/usr/bin/env bash
# A throw-away PostgreSQL on a free loopback port, run by an unprivileged user, its files in FOLDER.
# usage: postgres.sh start FOLDER    (its address is then in FOLDER/address)
#        DURABLE=1 postgres.sh start FOLDER    keeps what it acknowledged, as a real one does
#        postgres.sh kill FOLDER     ends it without a word; what it acknowledged stays in FOLDER where it is durable
#        postgres.sh again FOLDER    starts it again at the same address
#        postgres.sh stop FOLDER     (also removes FOLDER)
set -euo pipefail
action=$1 folder=$2

# The newest there is; glob order is not version order.
initdb=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || true)
[ -n "$initdb" ] || { echo "damask: no PostgreSQL under /usr/lib/postgresql" >&2; exit 1; }
binaries=$(dirname "$initdb")

# PostgreSQL refuses to run as root.
user=$(id -un)
if [ "$(id -u)" = 0 ]; then user=$(id -un postgres 2>/dev/null || echo nobody); fi
unprivileged() {
    cd /
    if [ "$(id -u)" = 0 ]; then
        HOME=/tmp setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
    else
        "$@"
    fi
}

run() {
    (unprivileged "$binaries/pg_ctl" -D "$folder/cluster/data" -w -t 30 -l "$folder/cluster/log" -o "$(cat "$folder/options")" start) >"$folder/start.log" 2>&1
}

start() {
    mkdir -p "$folder/cluster"
    chmod 755 "$folder"
    [ "$(id -u)" != 0 ] || chown "$user" "$folder/cluster"
    (unprivileged "$binaries/initdb" -D "$folder/cluster/data" -U damask -A trust -E UTF8 --locale=C.UTF-8 --no-sync) >"$folder/initdb.log" 2>&1 ||
        { cat "$folder/initdb.log" >&2; exit 1; }
    for _ in 1 2 3 4 5; do
        local port=$((20000 + RANDOM % 12000))
        # Somebody answers there: take another.
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue; fi
        local options="-p $port -k $folder/cluster -c listen_addresses=127.0.0.1 -c max_connections=300 -c shared_buffers=64MB"
        # Durability is not what tests are about, their speed is.
        [ -n "${DURABLE:-}" ] || options+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        echo "$options" >"$folder/options"
        if run; then
            echo "postgres://damask@127.0.0.1:$port/postgres" | tee "$folder/address"
            return
        fi
    done
    echo "damask: PostgreSQL did not start:" >&2
    cat "$folder/start.log" "$folder/cluster/log" >&2 || true
    exit 1
}

again() {
    run || { cat "$folder/start.log" >&2; exit 1; }
}

end() {
    (unprivileged "$binaries/pg_ctl" -D "$folder/cluster/data" -m immediate stop) >/dev/null 2>&1 || true
}

stop() {
    end
    rm -rf "$folder"
}

case $action in
start | again | stop) "$action" ;;
kill) end ;;
*) echo "usage: postgres.sh start|kill|again|stop FOLDER" >&2; exit 2 ;;
esac
