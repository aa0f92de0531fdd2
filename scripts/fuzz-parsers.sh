#!/usr/bin/env bash
# Searches every own parser of outside bytes for input that breaks its laws (fuzz/), guided by coverage (libFuzzer).
# SECONDS_EACH bounds a target, TARGETS names some; what was reached is kept in target/fuzz-parsers/corpus for the next time.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/say.sh
. scripts/say.sh
command -v c++ >/dev/null || die "a C++ compiler is needed: apt-get install build-essential"
seconds=${SECONDS_EACH:-30}
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/fuzz-parsers
triple=$(rustc -vV | sed -n 's/^host: //p')
# The coverage pass is in the stable compiler; no sanitizer is asked for, because the parsers are safe Rust.
export CARGO_TARGET_DIR=$target
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions=yes -Coverflow-checks=yes"
# The triple is named so that build scripts are not counted.
# shellcheck disable=SC2086 # FUZZ_FLAGS are words for cargo
cargo build --locked --package damask-fuzz --bin parsers --features libfuzzer --target "$triple" \
    --config 'profile.dev.opt-level=2' ${FUZZ_FLAGS:-}
parsers=$target/$triple/debug/parsers

failed=()
for name in ${TARGETS:-$("$parsers" 2>/dev/null)}; do
    say "$name"
    corpus=$target/corpus/$name found=$target/found/$name
    mkdir -p "$corpus" "$found"
    DAMASK_FUZZ_TARGET=$name DAMASK_FUZZ_SEEDS=$corpus "$parsers" >/dev/null 2>&1
    DAMASK_FUZZ_TARGET=$name "$parsers" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
        -malloc_limit_mb=256 -verbosity=1 -print_final_stats=1 -artifact_prefix="$found/" "$corpus" \
        >"$target/$name.log" 2>&1 || failed+=("$name")
    grep -E '^(#[0-9]+.*DONE|stat::(number_of_executed_units|peak_rss_mb|average_exec))' "$target/$name.log" || tail -n 40 "$target/$name.log"
done
[ ${#failed[@]} -eq 0 ] || die "laws are broken by: ${failed[*]}; the inputs are in $target/found"
