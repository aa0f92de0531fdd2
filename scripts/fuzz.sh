#!/usr/bin/env bash
# Starts a Damask and asks it thousands of questions made from its own description (schemathesis), in a library of its own.
# FUZZ_SECONDS bounds the time, FUZZ_SEED the chance; DAMASK_BINARY is asked instead of one built here.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/say.sh
. scripts/say.sh
command -v curl >/dev/null || die "curl is needed: apt-get install curl"
if [ -n "${DAMASK_BINARY:-}" ]; then
    binary=$(realpath "$DAMASK_BINARY")
else
    scripts/web.sh
    cargo build --locked -p damask
    binary=${CARGO_TARGET_DIR:-target}/debug/damask
fi
python=$(scripts/oracles.sh)
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null; rm -rf "$folder"' EXIT

"$binary" serve --data "$folder/data" --listen 127.0.0.1:0 >"$folder/said" 2>"$folder/log" &
server=$!
for _ in $(seq 300); do
    grep -q 'setup?token=' "$folder/said" && break
    kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; die "the server did not start"; }
    sleep 0.1
done
address=$(sed -n 's|^Damask serves \(http://[^/]*\)/.*|\1|p' "$folder/said")
token=$(sed -n 's|.*setup?token=||p' "$folder/said")
[ -n "$token" ] || die "the server said nothing of a set-up link"

ask() { # METHOD PATH JSON: as a page of Damask's own would
    curl -fsS -b "$folder/cookies" -c "$folder/cookies" -X "$1" -H "Origin: $address" \
        -H 'Content-Type: application/json' -d "$3" "$address$2"
}
ask POST /api/v1/setup \
    "{\"token\":\"$token\",\"name\":\"Ada\",\"email\":\"ada@example.org\",\"password\":\"correct horse battery\"}" >/dev/null
DAMASK_FUZZ_KEY=$(ask POST /api/v1/keys \
    '{"name":"fuzz","scopes":["read","write","download","admin"],"expires_in_days":1}' |
    "$python" -c 'import json, sys; print(json.load(sys.stdin)["secret"])')
export DAMASK_FUZZ_KEY
for number in 1 2 3; do
    echo "a harbour, number $number" | curl -fsS -o /dev/null -T - -H "Authorization: Bearer $DAMASK_FUZZ_KEY" \
        "$address/api/v1/files/news/$number.txt"
done

# It writes beside itself. Events are a stream without end.
rules=$PWD/scripts/fuzz
cd "$folder"
PYTHONPATH=$rules SCHEMATHESIS_HOOKS=hooks "$(dirname "$python")/schemathesis" \
    --config-file "$rules/schemathesis.toml" run "$address/api/openapi.json" \
    --exclude-path /api/v1/events --request-timeout 20 --continue-on-failure --generation-database none \
    --seed "${FUZZ_SEED:-1}" --max-time "${FUZZ_SECONDS:-300}"
kill -0 "$server" || die "the server is no longer alive"
