#!/usr/bin/env bash
# Reads the log of one step of `make test` and prints three numbers: passed failed skipped.
# usage: tally.sh KIND LOG     KIND: nextest, cargo, vitest, playwright, tidy, check (a step without tests of its own)
set -euo pipefail
kind=$1 log=$2
plain() { sed 's/\x1b\[[0-9;]*m//g' "$log"; }
# The number before a word, on the lines that match a pattern, summed up.
number() { plain | grep -E "$1" | grep -oE "[0-9]+ $2" | awk '{ sum += $1 } END { print sum + 0 }' || true; }
case $kind in
nextest)
    line='^ *Summary \['
    # A test that timed out is a failure that nextest counts apart.
    echo "$(number "$line" passed) $(($(number "$line" failed) + $(number "$line" 'timed out'))) $(number "$line" skipped)"
    ;;
cargo) echo "$(number '^test result:' passed) $(number '^test result:' failed) $(number '^test result:' ignored)" ;;
vitest) echo "$(number '^ *Tests  ' passed) $(number '^ *Tests  ' failed) $(number '^ *Tests  ' skipped)" ;;
playwright)
    flaky=$(number '^  +[0-9]+ flaky' flaky)
    echo "$(($(number '^  +[0-9]+ passed' passed) + flaky)) $(number '^  +[0-9]+ failed' failed) $(number '^  +[0-9]+ skipped' skipped)"
    ;;
tidy) echo "$(number '^tidy: ' passed) $(number '^tidy: ' failed) 0" ;;
*) echo "0 0 0" ;;
esac
