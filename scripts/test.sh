#!/usr/bin/env bash
# Everything that must hold, in one go; a step that fails fails the run, the steps after it still run.
# The last line of the output is the sum: `N passed, N failed` (and skipped, where there are any).
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=scripts/say.sh
. scripts/say.sh

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
logs=$target/test-logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0
report=()
named=()
postgres=$(mktemp -d /tmp/damask-postgres.XXXXXX)
s3=$(mktemp -d /tmp/damask-s3.XXXXXX)
trap 'scripts/postgres.sh stop "$postgres"; scripts/s3.sh stop "$s3"' EXIT
trap 'exit 130' INT TERM

# step KIND NAME COMMAND…: runs it, shows it, keeps its log and adds its tests to the sum.
step() {
    local kind=$1 name=$2 started=$SECONDS status p f s
    shift 2
    # DAMASK_SKIP names steps, between commas, that are left out of this run; the run says so.
    if [[ ",${DAMASK_SKIP:-}," == *",$name,"* ]]; then
        skip "$name" "left out by DAMASK_SKIP"
        return 0
    fi
    say "$name"
    "$@" 2>&1 | tee "$logs/${name// /-}.log"
    status=${PIPESTATUS[0]}
    read -r p f s < <(scripts/tally.sh "$kind" "$logs/${name// /-}.log")
    # A step without tests of its own is one check; a step that broke before its tests could fail is one failure.
    if [ "$status" -eq 0 ] && [ "$p" -eq 0 ]; then p=1; fi
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    mapfile -t -O "${#named[@]}" named < <(scripts/tally.sh --named "$kind" "$logs/${name// /-}.log")
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    report+=("$(printf '%-8s %-24s %6d passed %4d failed %5d s' "$([ "$status" -eq 0 ] && echo ok || echo FAILED)" "$name" "$p" "$f" $((SECONDS - started)))")
    return "$status"
}

# skip NAME WHY: a step that can't run, said aloud.
skip() {
    say "$1: skipped: $2"
    skipped=$((skipped + 1))
    report+=("$(printf '%-8s %-24s %s' skipped "$1" "$2")")
}

web_steps() {
    if [ ! -d web ]; then
        skip "web" "web/ is not there yet"
        mkdir -p web/dist
        return
    fi
    step check "web packages" scripts/npm.sh web || return
    step check "web lint" npm --prefix web run --silent lint
    step check "web types" npm --prefix web run --silent typecheck
    step vitest "web unit tests" npm --prefix web run --silent test
    step check "web build" scripts/web.sh
}

rust_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        step nextest "rust tests" cargo nextest run --workspace --no-fail-fast
        step cargo "rust examples" cargo test --workspace --doc --no-fail-fast
    else
        step cargo "rust tests" cargo test --workspace --no-fail-fast
    fi
}

browser_tests() {
    if [ ! -d e2e ]; then
        skip "browser tests" "e2e/ is not there yet"
        return
    fi
    step check "browser packages" scripts/npm.sh e2e || return
    # Without it the clients that are written in Python are left out, and said to be.
    DAMASK_PYTHON=$(scripts/oracles.sh) || DAMASK_PYTHON=
    export DAMASK_PYTHON
    step check "binary" cargo build --workspace --bins || return
    DAMASK_BINARY=$target/debug/damask CHROMIUM=${CHROMIUM:-/usr/bin/chromium} PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 \
        step playwright "browser tests" npm --prefix e2e run --silent test
}

# What is not installed is left out, and said so: a web server is nothing to install unasked.
proxies() {
    if ! (PATH=$PATH:/usr/sbin; command -v nginx || command -v caddy) >/dev/null; then
        skip "proxies" "neither nginx nor caddy is installed"
        return
    fi
    DAMASK_BINARY=$target/debug/damask step check "proxies" scripts/proxy.sh
}

finish() {
    say "what passed and what failed"
    printf '%s\n' "${report[@]}"
    echo
    if [ "${#named[@]}" -gt 0 ]; then printf '%s\n' "${named[@]}" '' ; fi
    if [ "$skipped" -gt 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" -eq 0 ]
}

if ! step check "setup" scripts/setup.sh test; then
    finish
    exit 1
fi
step check "format" cargo fmt --all --check
web_steps
# Builds with warnings denied by clippy alone: RUSTFLAGS would build every dependency a second time.
step check "clippy" cargo clippy --workspace --all-targets --no-deps -- -D warnings
step tidy "tidy" cargo xtask tidy
if cargo deny --version >/dev/null 2>&1; then step check "licences" cargo deny --offline check licenses bans sources; fi
if step check "postgresql" scripts/postgres.sh start "$postgres"; then
    DAMASK_TEST_POSTGRES=$(cat "$postgres/address")
    export DAMASK_TEST_POSTGRES
fi
if step check "s3" scripts/s3.sh start "$s3"; then
    DAMASK_TEST_S3=$(cat "$s3/address")
    export DAMASK_TEST_S3
fi
rust_tests
browser_tests
if step check "server binary" cargo build --package damask --bin damask; then
    proxies
    DAMASK_BINARY=$target/debug/damask step check "debian package" scripts/deb.sh --try
fi
finish
